import type { UnitId } from "../ids.ts";
import type { PeopleRelation, PeopleRow } from "../signals/people.ts";
import type { RecordKey, RecordKind, RecordVersion } from "../signals/records/record-version.ts";
import type { Instant } from "../time.ts";

/** Which objects to list, in order of source and object. */
export interface RecordQuery {
  readonly kind: RecordKind;
  readonly after?: RecordKey;
  readonly limit: number;
}

/**
 * Objects of CRMs as they were at each update, and what unit stands for whom.
 *
 * `forgetPeople` removes the versions of contacts and leads with their people.
 */
export interface RecordStore {
  /** Every version of these objects, in order of kind, source, object and `updatedAt`. */
  recordVersions(keys: readonly RecordKey[]): Promise<readonly RecordVersion[]>;
  /** Adds versions, or puts them in place of those with the same key and `updatedAt`, and removes others; all or nothing. */
  putRecordVersions(versions: readonly RecordVersion[], dropped: readonly RecordVersion[]): Promise<void>;
  /** Objects that have a version. */
  recordKeys(query: RecordQuery): Promise<readonly RecordKey[]>;

  /** When the engine first decided for each of these units; those that it never did are not in the answer. */
  firstDecided(units: readonly UnitId[]): Promise<ReadonlyMap<UnitId, Instant>>;
  /** How many units the engine ever decided for. */
  decidedUnits(): Promise<number>;
  /** Every row of the people table with this relation, in order of reference and value. */
  peopleRelated(relation: PeopleRelation): Promise<readonly PeopleRow[]>;
}
