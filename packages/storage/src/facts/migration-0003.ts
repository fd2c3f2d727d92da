import type { FactsMigration } from "./migrations.ts";

/**
 * The cleaner of replaced parts looks every few seconds, not every thirty to three hundred: an erasure lowers their lifetime to a second
 * and waits until they are off the disk, and the cleaner reads that setting only when it wakes.
 */
const SETTINGS = "cleanup_delay_period = 1, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 2";

export const PROMPT_CLEAN_UP: FactsMigration = {
  number: 3,
  statements: ["decisions", "signals"].flatMap((table) => [
    `ALTER TABLE ratchet.${table} MODIFY SETTING ${SETTINGS}`,
    // The cleaner sleeps already, by the old setting.
    `DETACH TABLE IF EXISTS ratchet.${table}`,
    `ATTACH TABLE IF NOT EXISTS ratchet.${table}`,
  ]),
};
