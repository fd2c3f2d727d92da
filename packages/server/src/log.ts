import { pino, type Logger } from "pino";

/** What the server logs with. Entries name routes, codes and counts: never a body, a unit, or anything else about a person. */
export type Log = Logger;

const LEVELS = ["silent", "fatal", "error", "warn", "info", "debug", "trace"];

/** JSON lines on standard error, so that what a command prints stays clean. */
export function openLog(level = "warn"): Log {
  if (!LEVELS.includes(level))
    throw new RangeError(`there is no log level "${level}"; take one of ${LEVELS.join(", ")}`);
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  );
}
