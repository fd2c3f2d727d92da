/** The signals known at decision time, flattened to named values and frozen with the decision. */
export type Context = Readonly<Record<string, string | number | boolean | null>>;
