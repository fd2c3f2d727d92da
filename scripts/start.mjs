// `npm start`: brings the build up to date, then runs everything in this one process.
import { ensureBundled, ensureCompiled } from "./build.mjs";

ensureCompiled();
ensureBundled();
process.argv.splice(2, 0, "serve");
await import("../packages/cli/bin/ratchet.js");
