import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { specifyFactsStore } from "@ratchet/engine/contracts";
import { openChdbFacts } from "./chdb-facts-store.ts";

const root = mkdtempSync(join(tmpdir(), "ratchet-facts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

specifyFactsStore("chdb", async () => {
  const directory = join(root, "contract");
  let store = await openChdbFacts({ directory });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openChdbFacts({ directory });
      return store;
    },
  };
});
