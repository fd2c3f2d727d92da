import { err, ok, type Result } from "@ratchet/stats";
import type { Brand, BrandError } from "./brand.ts";
import { flatText } from "./flat-text.ts";

/** What is randomised: an account where one is known, else a contact or lead. */
export type UnitId = Brand<string, "unit">;
/** A person, as facts name them: a surrogate that says nothing about who it is without the people store. */
export type PersonRef = Brand<string, "person">;
/** An account, as facts name it: a surrogate. */
export type AccountRef = Brand<string, "account">;
/** One recorded choice. Made from the decision point, the unit and the outcome window: retries get the same one. */
export type DecisionId = Brand<string, "decision">;
/** One of the choices at a decision point. */
export type ActionId = Brand<string, "action">;
/** A place in a segment tree, as a path: `all`, `all/region=EMEA`, `all/region=EMEA/persona=CFO`. */
export type SegmentId = Brand<string, "segment">;
/** A governed edit of the playbook. */
export type ChangeId = Brand<string, "change">;
/** A named person, or the engine itself (`engine`). */
export type ActorId = Brand<string, "actor">;
/** A metric definition's name. */
export type MetricId = Brand<string, "metric">;

/** Longest id that any store accepts, in UTF-16 code units. */
export const ID_LENGTH_MAX = 200;

// oxlint-disable-next-line no-control-regex -- control characters in an id are exactly what is refused here
const CONTROL = /[\u0000-\u001f\u007f]/u;

/** Most ids: nothing in them needs a closer look. */
const PLAIN = /^[!-~]{1,200}$/u;

interface IdKind<Id> {
  /** For texts that we have just made of digits and letters: unchecked. */
  readonly made: (text: string) => Id;
  /** For input: reports what is wrong. */
  readonly parse: (text: string) => Result<Id, BrandError>;
  /** For our own literals and values read back from our own stores: throws. */
  readonly of: (text: string) => Id;
}

function idKind<Name extends string>(name: Name): IdKind<Brand<string, Name>> {
  const faultOf = (text: string): BrandError | null => {
    if (text.trim() === "") return { code: `${name}.empty_id`, message: `a ${name} id must not be empty` };
    if (text.length > ID_LENGTH_MAX) {
      return {
        code: `${name}.id_too_long`,
        message: `a ${name} id has at most ${ID_LENGTH_MAX} characters, got ${text.length}`,
      };
    }
    return CONTROL.test(text)
      ? { code: `${name}.id_control_character`, message: `a ${name} id must not hold control characters` }
      : null;
  };
  const parse = (text: string): Result<Brand<string, Name>, BrandError> => {
    const fault = PLAIN.test(text) ? null : faultOf(text);
    return fault === null ? ok(made(text)) : err(fault);
  };
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the one cast of this brand
  const made = (text: string): Brand<string, Name> => text as Brand<string, Name>;
  return {
    parse,
    made,
    of: (text) => {
      const parsed = parse(text);
      if (parsed.kind === "err") throw new RangeError(parsed.error.message);
      return parsed.value;
    },
  };
}

const unit = idKind("unit");
const decision = idKind("decision");
const action = idKind("action");
const segment = idKind("segment");
const change = idKind("change");
const actor = idKind("actor");
const metric = idKind("metric");
const person = idKind("person");
const account = idKind("account");

export const parseUnitId = unit.parse;
export const parseActionId = action.parse;
export const parseDecisionId = decision.parse;
export const parseChangeId = change.parse;
export const parseActorId = actor.parse;
export const parseSegmentId = segment.parse;

export const unitId = unit.of;
export const decisionId = decision.of;
/** The id of a decision that is being made, from digits of its digest. */
export const decisionIdFrom = (digits: string): DecisionId => decision.made(flatText(`dec_${digits}`));
export const actionId = action.of;
export const segmentId = segment.of;
export const changeId = change.of;
export const actorId = actor.of;
export const metricId = metric.of;
export const personRef = person.of;
export const accountRef = account.of;

/** The engine as an author. It proposes; it can never approve. */
export const ENGINE: ActorId = actorId("engine");
