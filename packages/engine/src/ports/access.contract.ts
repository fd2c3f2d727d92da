import { describe, expect, it } from "vitest";
import { instant } from "../time.ts";
import type { ApiKey } from "./access-store.ts";
import type { StateStore } from "./state-store.ts";

const at = instant(Date.UTC(2026, 2, 1));

/** A key as it is kept. */
const exampleKey: ApiKey = {
  id: "key_first",
  name: "nightly report",
  mode: "live",
  scopes: ["read", "decide"],
  isAgent: false,
  secrets: [{ digest: "a".repeat(64), lastFour: "wxyz", createdAt: at, endsAt: null }],
  createdAt: at,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
};

/** Who may come in. */
export function specifyAccess(store: () => StateStore): void {
  describe("access", () => {
    it("keeps keys whole, in the order in which they were made, and puts one in the place of its former self", async () => {
      const agent: ApiKey = {
        ...exampleKey,
        id: "key_agent",
        name: "Ada's agent",
        mode: "test",
        isAgent: true,
        createdAt: instant(at + 1),
        expiresAt: instant(at + 1000),
      };
      await store().putApiKey(agent);
      await store().putApiKey(exampleKey);
      expect(await store().apiKeys()).toEqual([exampleKey, agent]);
      const rotated: ApiKey = {
        ...exampleKey,
        secrets: [
          { digest: "b".repeat(64), lastFour: "abcd", createdAt: instant(at + 5), endsAt: null },
          { digest: "a".repeat(64), lastFour: "wxyz", createdAt: at, endsAt: instant(at + 50) },
        ],
        lastUsedAt: instant(at + 5),
      };
      await store().putApiKey(rotated);
      const revoked: ApiKey = { ...agent, revokedAt: instant(at + 7) };
      await store().putApiKey(revoked);
      expect(await store().apiKeys()).toEqual([rotated, revoked]);
    });
  });
}
