// Decisions as a server makes them, their records built, nothing written down.
import { actionId, decide, digestOf, instant, playbookDigest, rank, unitId } from "@ratchet/engine";

const NOW = instant(Date.UTC(2026, 2, 2));
const ACTIONS = ["plain", "story", "offer"].map(actionId);

/** A choice among three actions, with a value of its own in each of ten segments. */
function choiceFrame() {
  const chances = (i) => ({ plain: 0.5 - 0.02 * i, story: 0.3, offer: 0.2 + 0.02 * i });
  const lever = {
    kind: "choice",
    name: "content",
    point: "first-email",
    actions: ACTIONS,
    baseline: ACTIONS[0],
    segmentBy: [{ field: "region" }],
    decisionWindowMs: 7 * 86_400_000,
    segments: {
      all: chances(0),
      ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`all/region=region-${i}`, chances(i)])),
    },
  };
  return frameOf([lever], { content: { allowed: ACTIONS, range: { min: 0, max: 1 }, ranges: {} } });
}

function frameOf(levers, limits) {
  const playbook = { version: 1, changeId: null, parent: null, levers };
  return {
    salt: "5eed".repeat(16),
    playbook,
    documents: { playbook: playbookDigest(playbook), policy: digestOf("policy") },
    rollouts: [],
    holdoutShare: 0.1,
    limits,
    cycle: 1,
  };
}

/** One decision a unit, each with its record. */
export function choice({ unit, region }) {
  const frame = choiceFrame();
  const regions = Array.from(region, (i) => `region-${i}`);
  return {
    run: () => {
      let records = 0;
      for (let i = 0; i < unit.length; i++) {
        const request = { point: "first-email", unitId: `account-${unit[i]}`, context: { region: regions[i] } };
        const { decision } = decide(frame, request, NOW);
        if (decision.record.candidates.length > 0) records += 1;
      }
      return records;
    },
    note: (records) => `${records} records`,
    digest: (records) => [records],
  };
}

/** 10,000 leads in order, each place a decision with its 30 points. */
export function ranking({ values }) {
  const features = 30;
  const names = Array.from({ length: features }, (_, j) => `f${j}`);
  const words = ["retail", "software", "health", "finance", "travel", "energy"];
  const told = (j, x) => (j < 20 ? x : j < 25 ? x === 1 : words[x]);
  const featureOf = (name, j) =>
    j < 20
      ? { kind: "numeric", name, field: name, centre: 100, scale: 50, missing: 0 }
      : j < 25
        ? { kind: "flag", name, field: name, missing: 0 }
        : { kind: "category", name, field: name, values: words.slice(0, 2), missing: 0 };
  const weights = Object.fromEntries(names.map((name, j) => [name, ((j % 5) - 2) / 10]));
  const lever = {
    kind: "weights",
    name: "prioritisation",
    point: "priority",
    segmentBy: [],
    decisionWindowMs: 0,
    features: names.map(featureOf),
    calibration: [
      { score: -3, probability: 0.01 },
      { score: 0, probability: 0.05 },
      { score: 3, probability: 0.4 },
    ],
    bands: [
      { name: actionId("A"), atLeast: 0.1 },
      { name: actionId("B"), atLeast: 0.04 },
      { name: actionId("C"), atLeast: 0 },
    ],
    baseline: { intercept: -1, weights },
    segments: { all: { intercept: -1, weights } },
  };
  const range = { min: -5, max: 5 };
  const frame = frameOf([lever], { prioritisation: { kind: "weights", intercept: range, range, ranges: {} } });
  const units = Array.from({ length: values.length / features }, (_, i) => ({
    unitId: unitId(`lead-${i}`),
    context: Object.fromEntries(names.map((name, j) => [name, told(j, values[i * features + j])])),
  }));
  return {
    run: () => rank(frame, { point: "priority", units }, NOW),
    note: ({ ranked }) => `${ranked.length} places`,
    digest: ({ ranked }) => [ranked.length, ranked[0].decision.record.score.calibrated],
  };
}
