import {
  ROUTES,
  verdictWordSchema,
  type MetricResultView,
  type ResultsView,
  type VerdictWord,
} from "@ratchet/protocol";
import { z } from "zod";
import { ProblemError } from "../../http/problem-error.ts";
import { readResults } from "../../results/read-results.ts";
import { agentTool } from "../agent-tool.ts";
import { nameSchema } from "../wire.ts";

const output = z.object({
  metric: z.string(),
  segment: z.string().nullable(),
  verdict: verdictWordSchema.describe("The only words in which Ratchet says what it found."),
  baseline: z.string(),
  comparisons: z
    .array(
      z.object({
        action: z.string(),
        verdict: verdictWordSchema,
        n: z.int(),
        n_baseline: z.int(),
        difference: z.number().nullable().describe("action − baseline, per unit."),
        lower: z.number().nullable(),
        upper: z.number().nullable(),
        confidence: z.number(),
        sentence: z.string().nullable(),
        needed: z.string().nullable().describe("What would make it tellable."),
      }),
    )
    .describe("Each action against the baseline, valid however often it is looked at."),
  caveats: z.array(z.string()).describe("Read them before you repeat a number."),
});

/** What is proven of a metric, as `GET /v1/results`. */
export const getResults = agentTool({
  name: "get_results",
  title: "What is proven",
  description:
    "Each action against the baseline on one metric: a verdict word, the difference with its interval, and caveats. Repeat the verdict word as it is, with its caveats.",
  access: ROUTES.results.access,
  does: "reads",
  input: z.strictObject({
    metric: nameSchema.describe("The policy's objective where absent.").exactOptional(),
    segment: nameSchema.describe("Such as all/region=EMEA; everybody where absent.").exactOptional(),
  }),
  output,
  run: async ({ context }, { metric, segment }) => {
    const results = await readResults(context, {});
    const result = metricIn(results, metric);
    const comparisons = segment === undefined ? overall(result) : within(result, segment);
    const verdict = wordFor(comparisons.map((one) => one.verdict));
    const data = {
      metric: result.metric,
      segment: segment ?? null,
      verdict,
      baseline: result.baseline,
      comparisons: [...comparisons],
      caveats: caveatsOf(results, result, segment),
    };
    return { said: `Verdict: ${verdict}. comparisons has the numbers, and caveats what to say with them.`, data };
  },
});

type Comparison = z.input<typeof output>["comparisons"][number];

function metricIn({ metrics }: ResultsView, asked: string | undefined): MetricResultView {
  const found =
    asked === undefined
      ? (metrics.find((one) => one.is_objective) ?? metrics[0])
      : metrics.find((one) => one.metric === asked);
  if (found !== undefined) return found;
  throw new ProblemError(
    "decision.unknown_metric",
    `there is no such metric; the metrics are ${metrics.map((one) => one.metric).join(", ")}`,
  );
}

function overall({ actions }: MetricResultView): readonly Comparison[] {
  return actions.map(({ action, verdict, n, n_baseline, sequence, sentence, needed }) => ({
    action,
    verdict,
    n,
    n_baseline,
    difference: sequence.estimate,
    lower: sequence.lower,
    upper: sequence.upper,
    confidence: sequence.confidence,
    sentence,
    needed,
  }));
}

function within({ segments }: MetricResultView, segment: string): readonly Comparison[] {
  const own = segments.filter((one) => one.segment === segment);
  if (own.length === 0) {
    const known = [...new Set(segments.map((one) => one.segment))].slice(0, 20).join(", ");
    throw new ProblemError(
      "decision.unknown_segment",
      `there are no results for this segment; there are for ${known === "" ? "none yet: leave segment out" : known}`,
    );
  }
  return own.map(({ action, verdict, n, n_baseline, shrunken }) => ({
    action,
    verdict,
    n,
    n_baseline,
    difference: shrunken.estimate,
    lower: shrunken.lower,
    upper: shrunken.upper,
    confidence: shrunken.confidence,
    sentence: null,
    needed: null,
  }));
}

/** What must not be passed over comes first; then what was found; then what is not known. */
const BY_WEIGHT: readonly VerdictWord[] = [
  "cannot trust yet",
  "worse",
  "better",
  "no meaningful difference",
  "too early",
  "cannot tell",
];

function wordFor(words: readonly VerdictWord[]): VerdictWord {
  return BY_WEIGHT.find((word) => words.includes(word)) ?? "cannot tell";
}

function caveatsOf(
  { assignment, health }: ResultsView,
  result: MetricResultView,
  segment: string | undefined,
): string[] {
  return [
    ...health.filter(({ state }) => state !== "green").map(({ sentence }) => sentence),
    ...(assignment === "observational"
      ? ["the actions were not drawn at random: a difference is a correlation, and proves nothing"]
      : []),
    ...(result.censored > 0
      ? [`the outcome window of ${result.censored} decisions is still open; they count for nothing yet`]
      : []),
    ...(segment === undefined ? [] : ["numbers of one segment are drawn towards what all segments say"]),
  ];
}
