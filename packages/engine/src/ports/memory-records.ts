import type { RecordKey, RecordVersion } from "../signals/records/record-version.ts";
import type { RecordStore } from "./record-store.ts";

type Records = Pick<RecordStore, "recordVersions" | "putRecordVersions" | "recordKeys">;

/** The records of the in-memory reference, and how an erasure reaches them. */
export function memoryRecords(): {
  readonly store: Records;
  readonly put: (versions: readonly RecordVersion[]) => void;
  readonly forget: (objects: readonly string[]) => void;
} {
  const versions = new Map<string, RecordVersion>();
  const objectOf = ({ kind, source, object }: RecordKey): string => [kind, source, object].join("\0");
  const keyOf = (version: RecordVersion): string =>
    [objectOf(version), String(version.updatedAt).padStart(16, "0")].join("\0");
  const inOrder = (): readonly RecordVersion[] =>
    [...versions].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, version]) => version);
  const put = (added: readonly RecordVersion[]): void => {
    for (const version of added) versions.set(keyOf(version), version);
  };
  return {
    put,
    forget: (objects) => {
      const gone = new Set(objects);
      for (const [key, { kind, object }] of versions)
        if ((kind === "contact" || kind === "lead") && gone.has(object)) versions.delete(key);
    },
    store: {
      recordVersions: async (keys) => {
        const wanted = new Set(keys.map(objectOf));
        return inOrder().filter((version) => wanted.has(objectOf(version)));
      },
      putRecordVersions: async (added, dropped) => {
        for (const version of dropped) versions.delete(keyOf(version));
        put(added);
      },
      recordKeys: async ({ kind, after, limit }) => {
        const from = after === undefined ? "" : objectOf(after);
        const objects = new Map(
          inOrder()
            .filter((version) => version.kind === kind && objectOf(version) > from)
            .map((version) => [
              objectOf(version),
              { kind, source: version.source, object: version.object } satisfies RecordKey,
            ]),
        );
        return [...objects.values()].slice(0, limit);
      },
    },
  };
}
