import { z } from "zod";
import { ID_LENGTH_MAX } from "./primitives.ts";

const nameSchema = z.string().min(1).max(ID_LENGTH_MAX);
const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * A record that looks once at what holds no fault, and hands everything else to `z.record`, whose verdict and faults are the only ones.
 * Ranking is sent hundreds of thousands of values in one body, and `z.record` runs two schemas for each.
 */
const ContextRecord = z.core.$constructor<z.ZodRecord<typeof nameSchema, typeof valueSchema>>(
  "ContextRecord",
  (schema, definition) => {
    z.ZodRecord.init(schema, definition);
    const parse = schema._zod.parse.bind(schema._zod);
    schema._zod.parse = (payload, context) => (isFaultless(payload.value) ? payload : parse(payload, context));
  },
);

/** Signals known at decision time, flattened to named values. What it accepts may be the object that it was given. */
export const contextSchema = new ContextRecord({ type: "record", keyType: nameSchema, valueType: valueSchema });
export type ContextValues = z.infer<typeof contextSchema>;

/** Whether it is surely a context: false where `z.record` has to look. */
function isFaultless(value: unknown): boolean {
  if (!isOrdinaryObject(value)) return false;
  for (const name in value) {
    // `z.record` leaves a `__proto__` of the object's own out of what it answers.
    if (name.length === 0 || name.length > ID_LENGTH_MAX || name === "__proto__") return false;
    const told = value[name];
    if (typeof told === "number" ? !Number.isFinite(told) : !isOtherScalar(told)) return false;
  }
  return Object.getOwnPropertySymbols(value).length === 0;
}

function isOtherScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || value === null;
}

function isOrdinaryObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
