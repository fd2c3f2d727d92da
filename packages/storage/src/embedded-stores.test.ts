import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { projectInbox } from "@ratchet/engine";
import { decisionItem, exampleDecision } from "@ratchet/engine/contracts";
import { openEmbeddedStores } from "./embedded-stores.ts";
import * as storage from "./index.ts";

const root = mkdtempSync(join(tmpdir(), "ratchet-embedded-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("makes a directory for its owner alone, keeps everything in it, and hands it over when closed", async () => {
  const directory = join(root, "new", "data");
  const first = await openEmbeddedStores({ directory });
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(["state.db", "facts", "facts-spool"].map((name) => existsSync(join(directory, name)))).toEqual([
    true,
    true,
    true,
  ]);
  await first.state.acknowledge([decisionItem(exampleDecision("engine", "d-1"))]);
  expect(await projectInbox(first, { maxItems: 10, maxSegments: 10 })).toBe(1);

  await expect(openEmbeddedStores({ directory })).rejects.toMatchObject({
    code: "storage.directory_in_use",
    directory,
  });
  await first.close();
  const second = await openEmbeddedStores({ directory });
  expect(await second.facts.counts()).toEqual({ decisions: 1, signals: 0 });
  await second.close();
});

it("exports what it promises, and nothing else", () => {
  expect(Object.keys(storage).sort()).toEqual([
    "ChdbDiedError",
    "ChdbError",
    "DataDirectoryInUseError",
    "OldPartsRemainError",
    "RowsMissingError",
    "SegmentConflictError",
    "StorageClosedError",
    "openAccounts",
    "openChdbFacts",
    "openEmbeddedStores",
    "openSqliteState",
  ]);
});
