import { err, ok, type Result } from "@ratchet/stats";
import { canonicalJson } from "../canonical-json.ts";
import { parseSegmentId, type SegmentId } from "../ids.ts";
import type { Lever } from "./lever.ts";
import { inherited, type Edit, type Playbook } from "./playbook.ts";
import { ALL } from "./segment.ts";

/** An edit as somebody would say it: some numbers of one lever in one segment. */
export interface EditWish {
  readonly lever: string;
  /** The root where absent. */
  readonly segment?: string;
  /**
   * By name: of a choice its actions; of weights its features, and `intercept`; of a threshold `threshold`, `band` and `chance`. What is not
   * named stays.
   */
  readonly set: Readonly<Record<string, number>>;
}

/** Why a wish is no edit, in words. */
export interface EditFault {
  readonly code: string;
  readonly message: string;
}

/** Slack for sums of probabilities that were written in decimals. */
const TOLERANCE = 1e-9;

/** The edit that a wish comes to on this playbook, complete on both sides. Whether it is allowed is for the policy to say. */
export function editOf(playbook: Playbook, wish: EditWish): Result<Edit, EditFault> {
  const lever = playbook.levers.find(({ name }) => name === wish.lever);
  if (lever === undefined) {
    const known = playbook.levers.map(({ name }) => name).join(", ");
    return fault("lever", `there is no lever "${wish.lever}"; the levers are ${known}`);
  }
  const segment = segmentFor(lever, wish.segment ?? ALL);
  if (segment.kind === "err") return segment;
  const edit = editIn(lever, segment.value, wish.set);
  if (edit.kind === "err") return edit;
  return canonicalJson(edit.value.from) === canonicalJson(edit.value.to)
    ? fault("nothing", `lever "${lever.name}" has these values in ${segment.value} already`)
    : edit;
}

function editIn(lever: Lever, segment: SegmentId, set: EditWish["set"]): Result<Edit, EditFault> {
  const place = { lever: lever.name, segment };
  const isWrong = Object.entries(set).find(([, value]) => !Number.isFinite(value));
  if (isWrong !== undefined) return fault("value", `"${isWrong[0]}" must be a finite number`);
  switch (lever.kind) {
    case "choice": {
      const from = inherited(lever.segments, segment) ?? {};
      const stranger = strangerIn(set, lever.actions);
      if (stranger !== null) return stranger;
      const wished = new Map(Object.entries({ ...from, ...set }));
      const to = Object.fromEntries(lever.actions.map((action) => [action, wished.get(action) ?? 0]));
      const sum = Object.values(to).reduce((a, b) => a + b, 0);
      if (Math.abs(sum - 1) > TOLERANCE)
        return fault(
          "sum",
          `the probabilities would add up to ${Number(sum.toPrecision(6))}; name so many that they add up to 1`,
        );
      return ok({ ...place, from, to });
    }
    case "weights": {
      const from = inherited(lever.segments, segment) ?? lever.baseline;
      const { intercept = from.intercept, ...weights } = set;
      const stranger = strangerIn(
        weights,
        lever.features.map(({ name }) => name),
        "intercept",
      );
      if (stranger !== null) return stranger;
      return ok({ kind: "weights", ...place, from, to: { intercept, weights: { ...from.weights, ...weights } } });
    }
    case "threshold": {
      const from = inherited(lever.segments, segment) ?? lever.baseline;
      const stranger = strangerIn(set, Object.keys(from));
      return stranger ?? ok({ kind: "threshold", ...place, from, to: { ...from, ...set } });
    }
  }
}

function strangerIn(
  set: EditWish["set"],
  known: readonly string[],
  beside?: string,
): Extract<Result<never, EditFault>, { readonly kind: "err" }> | null {
  const stranger = Object.keys(set).find((name) => !known.includes(name));
  if (stranger === undefined) return null;
  const names = beside === undefined ? known : [...known, beside];
  return fault("name", `the lever has no "${stranger}"; it has ${names.join(", ")}`);
}

/** A segment that the lever's levels can lead to, from the widest on. */
function segmentFor(lever: Lever, asked: string): Result<SegmentId, EditFault> {
  const [root, ...parts] = asked.split("/");
  const fits = parts.every((part, i) => {
    const level = lever.segmentBy[i];
    return level !== undefined && part.startsWith(`${level.field}=`) && part.length > level.field.length + 1;
  });
  const parsed = parseSegmentId(asked);
  if (root === ALL && fits && parsed.kind === "ok") return parsed;
  const levels = lever.segmentBy.map(({ field }) => `${field}=…`);
  return fault(
    "segment",
    `"${asked}" is no segment of the lever; segments look like ${[ALL, ...levels].join("/")}, or begin so`,
  );
}

function fault(reason: string, message: string): Extract<Result<never, EditFault>, { readonly kind: "err" }> {
  return err({ code: `change.wish_${reason}`, message });
}
