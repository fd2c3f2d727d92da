import { damagesOf } from "../decisions/playbook-faults.ts";
import type { Playbook } from "../decisions/playbook.ts";
import { digestOf, type Digest } from "../digest.ts";

/** The published playbooks, as far as they can be read: one that was damaged never takes the place of a good one. */
export interface Shelf {
  readonly playbook: (version: number) => Playbook | null;
  /** The latest that is sound; null where none is. */
  readonly latest: () => Playbook | null;
  /** What is wrong with those that are not, in words. */
  readonly damages: () => readonly string[];
  /** Reads what is new. */
  readonly fill: (published: ReadonlyMap<number, Digest>, read: (digest: Digest) => Promise<unknown>) => Promise<void>;
}

export function openShelf(): Shelf {
  const sound = new Map<number, Playbook>();
  const damaged = new Map<number, string>();
  return {
    playbook: (version) => sound.get(version) ?? null,
    latest: () => sound.get(Math.max(...sound.keys())) ?? null,
    damages: () => [...damaged].map(([version, why]) => `playbook v${version} does not read: ${why}`),
    fill: async (published, read) => {
      for (const [version, digest] of published) {
        if (sound.has(version)) continue;
        const body = await read(digest);
        const why = faultOf(body, digest);
        if (why === null) {
          damaged.delete(version);
          sound.set(version, asPlaybook(body));
        } else damaged.set(version, why);
      }
    },
  };
}

/** Also a single flipped bit: the ledger names the content. */
function faultOf(body: unknown, digest: Digest): string | null {
  if (body === null) return "the state store does not have it";
  const [damage] = damagesOf(body);
  if (damage !== undefined) return damage;
  return digestOf(body) === digest ? null : "its content is not what the ledger names";
}

function asPlaybook(body: unknown): Playbook {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- content-addressed: these are the bytes that were stored as a Playbook
  return body as Playbook;
}
