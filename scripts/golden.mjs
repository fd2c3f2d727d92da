// `npm run golden -- DIR`: runs every golden file in DIR against @ratchet/stats.
import { ensureCompiled } from "./build.mjs";

ensureCompiled();
await import("../packages/stats/dist/golden/main.js");
