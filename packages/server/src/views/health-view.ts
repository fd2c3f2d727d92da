import type { HealthCheck } from "@ratchet/engine";
import type { HealthView } from "@ratchet/protocol";

const STATES = { green: "green", red: "red", "no data": "no_data" } as const;

export function healthView({ check, state, sentence }: HealthCheck): HealthView {
  return { check, state: STATES[state], sentence };
}
