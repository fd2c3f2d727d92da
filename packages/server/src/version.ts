import { readFileSync } from "node:fs";

/** Version of this installation. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const named = typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : null;
  if (typeof named !== "string") throw new Error("package.json has no version");
  return named;
}
