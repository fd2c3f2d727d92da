/** Laws are tried on the same cases in every run, so that a red test is about the change at hand. Another seed: `RATCHET_LAWS_SEED=7 npm test`. */
import * as fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env["RATCHET_LAWS_SEED"] ?? 20_260_301) });
