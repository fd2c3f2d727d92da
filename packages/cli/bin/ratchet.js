#!/usr/bin/env node
// The `ratchet` command. In a source checkout it first brings the compiled sources up to date, so that nobody runs yesterday's code;
// in an installed package there is nothing to compile and this only starts the program.
import { existsSync } from "node:fs";

const compiler = new URL("../../../scripts/build.mjs", import.meta.url);

if (existsSync(new URL("../src/main.ts", import.meta.url)) && existsSync(compiler)) {
  const { ensureCompiled } = await import(compiler.href);
  ensureCompiled();
}
await import("../dist/main.js");
