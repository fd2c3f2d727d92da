// The rows of the benchmark: what is done to which data, against whom, and what ratio is aimed at.
import { askingUnits, scoredLeads } from "./data/decisions.mjs";
import { experimentRows } from "./data/experiment.mjs";
import { loggedRounds } from "./data/off-policy.mjs";
import { calibrationUnits, logisticDesign, scoredUnits } from "./data/prediction.mjs";
import {
  changingStream,
  functionPoints,
  intrinsicTimes,
  noData,
  pValues,
  samplePairs,
  segmentEffects,
} from "./data/streams.mjs";
import { followedUnits } from "./data/survival.mjs";

/**
 * A row: `data` makes its columns of `size`, `ours` is [file, function] under ours/, `peers` whom it is compared with.
 *
 * A peer is `live` ([language, file, function] under peers/), or `recordedMs` (measured on a machine of the same class, because it
 * does not install from Debian's packages), or both: then the record stands in where the peer is not installed. `ratioMax` is the
 * largest ours ÷ theirs that is aimed at. `tolerance` is how far answers may lie apart, relatively; 0 where they are not comparable.
 */
const row = (name, what, parts) => ({ name, what, ...parts });

const live = (label, where, parts = {}) => ({ label, live: where, tolerance: 1e-9, ...parts });
const recorded = (label, recordedMs, parts = {}) => ({ label, recordedMs, ...parts });

const experiment = (name, readOut, { ours, peer, gbstatsMs }) =>
  row(`experiment-${name}`, `1 experiment × 100 metrics × 50 levels, ${readOut}`, {
    data: experimentRows,
    size: { metrics: 100, levels: 50 },
    ours: ["experiment", ours],
    peers: [
      recorded("gbstats runner", gbstatsMs, { ratioMax: 0.01 }),
      live("the same formulas, a cell at a time (SciPy)", ["python", "experiment", peer], { tolerance: 1e-7 }),
    ],
  });

const EXPERIMENT = [
  experiment("frequentist", "frequentist", { ours: "frequentist", peer: "frequentist", gbstatsMs: 24_500 }),
  experiment("sequential", "sequential", { ours: "sequential", peer: "sequential", gbstatsMs: 27_600 }),
  experiment("bayesian", "Bayesian", { ours: "bayesian", peer: "bayesian", gbstatsMs: 43_500 }),
  experiment("cuped", "CUPED + sequential", { ours: "cupedSequential", peer: "cuped_sequential", gbstatsMs: 43_700 }),
];

const offPolicy = (name, what, { ours, peer, obpMs, ratioMax }) =>
  row(name, `${what}, 100,000 rounds × 10 actions`, {
    data: loggedRounds,
    size: { n: 100_000, actions: 10 },
    ours: ["off-policy", ours],
    peers: [
      recorded("Open Bandit Pipeline", obpMs, { ratioMax }),
      live("the same formula (NumPy)", ["python", "off_policy", peer]),
    ],
  });

const OFF_POLICY = [
  offPolicy("ips", "IPS", { ours: "inversePropensity", peer: "ips", obpMs: 4.4 }),
  offPolicy("snips", "SNIPS", { ours: "selfNormalised", peer: "snips", obpMs: 5.4 }),
  offPolicy("dm", "direct method", { ours: "direct", peer: "dm", obpMs: 15.7 }),
  offPolicy("dr", "doubly robust", { ours: "doublyRobustValue", peer: "dr", obpMs: 18.8, ratioMax: 1 }),
  offPolicy("switch-dr", "Switch-DR", { ours: "switchDoublyRobust", peer: "switch_dr", obpMs: 19.7 }),
  offPolicy("dros", "DR with optimistic shrinkage", { ours: "shrunkDoublyRobust", peer: "dros", obpMs: 19.5 }),
  row("dr-interval", "doubly robust with interval, 100,000 rounds × 10 actions", {
    data: loggedRounds,
    size: { n: 100_000, actions: 10 },
    ours: ["off-policy", "doublyRobustInterval"],
    peers: [
      recorded("Open Bandit Pipeline, 100 bootstrap resamples", 185, { ratioMax: 0.1 }),
      live("the same formula and bootstrap (NumPy)", ["python", "off_policy", "dr_bootstrap"]),
    ],
  }),
];

const PREDICTION = [
  row("logistic", "logistic regression, L2, 100,000 × 50", {
    data: logisticDesign,
    size: { n: 100_000, columns: 50 },
    ours: ["prediction", "logisticRidge"],
    peers: [
      live("scikit-learn lbfgs", ["python", "prediction", "logistic_lbfgs"], {
        recordedMs: 110,
        ratioMax: 2,
        tolerance: 1e-2,
      }),
      live("scikit-learn newton-cholesky, tol 1e-10", ["python", "prediction", "logistic_newton"], { tolerance: 1e-7 }),
    ],
  }),
  row("auc", "AUC, 1,000,000 units (ours with DeLong's variance)", {
    data: scoredUnits,
    size: { n: 1_000_000 },
    ours: ["prediction", "areaUnderCurve"],
    peers: [live("scikit-learn roc_auc_score", ["python", "prediction", "auc"], { recordedMs: 367, ratioMax: 1 })],
  }),
  row("average-precision", "average precision, 1,000,000 units (ours with the area under the ROC curve)", {
    data: scoredUnits,
    size: { n: 1_000_000 },
    ours: ["prediction", "averagePrecision"],
    peers: [live("scikit-learn", ["python", "prediction", "average_precision"], { recordedMs: 312 })],
  }),
  row("isotonic", "isotonic regression, 100,000 units", {
    data: calibrationUnits,
    size: { n: 100_000 },
    ours: ["prediction", "isotonic"],
    peers: [
      live("scikit-learn", ["python", "prediction", "isotonic"], { recordedMs: 20, ratioMax: 1, tolerance: 1e-6 }),
    ],
  }),
];

const SURVIVAL = [
  row("kaplan-meier", "Kaplan-Meier with log-log intervals, 100,000 units", {
    data: followedUnits,
    size: { n: 100_000 },
    ours: ["survival", "kaplanMeierCurve"],
    peers: [live("R survfit", ["r", "survival", "kaplan_meier"], { recordedMs: 291, ratioMax: 0.5, tolerance: 1e-8 })],
  }),
  row("log-rank", "log-rank test of two groups, 100,000 units", {
    data: followedUnits,
    size: { n: 100_000 },
    ours: ["survival", "logRankTest"],
    peers: [live("R survdiff", ["r", "survival", "log_rank"], { recordedMs: 349 })],
  }),
  row("cox", "Cox regression, 100,000 × 3", {
    data: followedUnits,
    size: { n: 100_000 },
    ours: ["survival", "coxRegression"],
    peers: [live("R coxph", ["r", "survival", "cox"], { recordedMs: 415, tolerance: 1e-7 })],
  }),
];

const STREAMS = [
  row("adwin", "ADWIN, 100,000 observations", {
    data: changingStream,
    size: { n: 100_000 },
    ours: ["streams", "adwin"],
    peers: [recorded("scikit-multiflow", 830, { ratioMax: 0.1 })],
  }),
  row("lord", "LORD++, 10,000 tests", {
    data: pValues,
    size: { n: 10_000 },
    ours: ["streams", "lord"],
    peers: [
      recorded("onlineFDR (compiled)", 2, { ratioMax: 1 }),
      live("the same formula (NumPy)", ["python", "streams", "lord"], { tolerance: 1e-8 }),
    ],
  }),
  row("saffron", "SAFFRON, 10,000 tests", {
    data: pValues,
    size: { n: 10_000 },
    ours: ["streams", "saffronProcedure"],
    peers: [
      recorded("onlineFDR (compiled)", 2, { ratioMax: 1 }),
      live("the same formula (NumPy)", ["python", "streams", "saffron"], { tolerance: 1e-8 }),
    ],
  }),
  row("bh", "Benjamini-Hochberg, 100,000 p-values", {
    data: pValues,
    size: { n: 100_000 },
    ours: ["streams", "falseDiscoveryRate"],
    peers: [live("statsmodels multipletests", ["python", "streams", "benjamini_hochberg"], { recordedMs: 12.7 })],
  }),
  row("reml", "REML pooling of 200 segments", {
    data: segmentEffects,
    size: { n: 200 },
    ours: ["streams", "restrictedMaximumLikelihood"],
    peers: [live("R metafor", ["r", "pooling", "reml"], { recordedMs: 17, tolerance: 1e-3 })],
  }),
  row("spending", "O'Brien-Fleming spending boundaries, 10 looks", {
    data: noData,
    size: {},
    ours: ["streams", "spendingBoundaries"],
    peers: [recorded("rpact", 210, { ratioMax: 1 })],
  }),
  row("mixture-bound", "normal mixture boundary at 100,000 times", {
    data: intrinsicTimes,
    size: { n: 100_000 },
    ours: ["streams", "mixtureBounds"],
    peers: [
      recorded("confseq (compiled)", 5.4),
      live("the same formula, one vector (NumPy)", ["python", "streams", "mixture_bounds"]),
    ],
  }),
];

const NUMERICS = [
  row("welch", "10,000 Welch tests (ours with intervals)", {
    data: samplePairs,
    size: { n: 10_000 },
    ours: ["streams", "welchTests"],
    peers: [
      live("SciPy, 10,000 calls", ["python", "streams", "welch_calls"], { recordedMs: 228 }),
      live("SciPy, one vector, no intervals", ["python", "streams", "welch_vector"], { recordedMs: 2.2 }),
    ],
  }),
  row("normal-cdf", "normal cdf at 1,000,000 points", {
    data: functionPoints,
    size: { n: 1_000_000 },
    ours: ["streams", "normalCdfs"],
    peers: [
      live("SciPy norm.cdf", ["python", "streams", "norm_cdf"], { recordedMs: 66 }),
      live("SciPy ndtr", ["python", "streams", "ndtr"], { recordedMs: 28 }),
    ],
  }),
  row("normal-quantile", "normal quantile at 1,000,000 probabilities", {
    data: functionPoints,
    size: { n: 1_000_000 },
    ours: ["streams", "normalQuantiles"],
    peers: [live("SciPy ndtri", ["python", "streams", "ndtri"], { recordedMs: 22, tolerance: 1e-8 })],
  }),
  row("t-cdf", "Student's t cdf at 1,000,000 points", {
    data: functionPoints,
    size: { n: 1_000_000 },
    ours: ["streams", "tCdfs"],
    peers: [live("SciPy t.cdf", ["python", "streams", "t_cdf"], { recordedMs: 264 })],
  }),
  row("t-quantile", "Student's t quantile at 100,000 probabilities", {
    data: functionPoints,
    size: { n: 100_000 },
    ours: ["streams", "tQuantiles"],
    peers: [live("SciPy t.ppf", ["python", "streams", "t_ppf"], { recordedMs: 128, tolerance: 1e-6 })],
  }),
];

const growthBook = live("GrowthBook SDK, an instance a request, nothing logged", ["node", "decisions", "perRequest"], {
  ratioMax: 0.5,
  tolerance: 0,
});

const DECISIONS = [
  row("decide-known", "10,000 choices of 10 segments with their records, units seen lately", {
    data: askingUnits,
    size: { n: 10_000 },
    ours: ["decisions", "choice"],
    peers: [growthBook],
  }),
  row("decide-new", "100,000 choices of 10 segments with their records, units never seen", {
    data: askingUnits,
    size: { n: 100_000 },
    ours: ["decisions", "choice"],
    peers: [growthBook],
  }),
  row("rank", "10,000 leads × 30 features in order, a decision each", {
    data: scoredLeads,
    size: { n: 10_000, features: 30 },
    ours: ["decisions", "ranking"],
    peers: [recorded("the limit that we set", 50, { ratioMax: 1 })],
  }),
];

export const ROWS = [...DECISIONS, ...EXPERIMENT, ...PREDICTION, ...OFF_POLICY, ...SURVIVAL, ...STREAMS, ...NUMERICS];
