/** Writes the JSON Schemas of the documents that people write to docs/reference, from the zod schemas of @ratchet/protocol. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", "packages/protocol"], {
  cwd: root,
  stdio: "inherit",
});
const { documentSchemas } = await import("@ratchet/protocol");
const folder = join(root, "docs/reference");
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(documentSchemas())) {
  writeFileSync(join(folder, name), await format(JSON.stringify(schema), { parser: "json", printWidth: 120 }));
  process.stdout.write(`docs/reference/${name}\n`);
}
