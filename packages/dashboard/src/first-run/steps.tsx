const STEPS = ["File", "Columns", "Import"];

/** Where in the import one is. */
export function Steps({ at }: { readonly at: number }) {
  return (
    <ol className="steps" aria-label="Steps">
      {STEPS.map((step, i) => (
        <li
          key={step}
          aria-current={i === at ? "step" : undefined}
          data-state={i < at ? "passed" : i === at ? "here" : "ahead"}
        >
          <span className="steps-n">{i < at ? "✓" : i + 1}</span>
          {step}
        </li>
      ))}
    </ol>
  );
}
