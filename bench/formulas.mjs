// What the rows must answer, by the plainest formula there is, however slow: for the tests only.

const sum = (values) => values.reduce((t, x) => t + x, 0);

/** Share of pairs of a converter and another unit that the scores order rightly; ties count half. */
export function pairShare({ scores, outcomes }) {
  const of = (kind) => Array.from(scores).filter((_, i) => outcomes[i] === kind);
  const [ones, zeros] = [of(1), of(0)];
  const wins = sum(ones.map((a) => sum(zeros.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)))));
  return wins / (ones.length * zeros.length);
}

/** Mean over the converters of the precision when acting on all scored as high. */
export function meanPrecision({ scores, outcomes }) {
  const units = Array.from(scores, (score, i) => ({ score, outcome: outcomes[i] }));
  const precisions = units
    .filter(({ outcome }) => outcome === 1)
    .map(({ score }) => {
      const above = units.filter((other) => other.score >= score);
      return sum(above.map(({ outcome }) => outcome)) / above.length;
    });
  return sum(precisions) / precisions.length;
}

/** Isotonic fit at sorted distinct scores by the max-min formula, read off at some scores by straight lines. */
export function maxMin({ scores, outcomes }, at) {
  const order = Array.from(scores.keys()).toSorted((a, b) => scores[a] - scores[b]);
  const [x, y] = [order.map((i) => scores[i]), order.map((i) => outcomes[i])];
  const mean = (from, to) => sum(y.slice(from, to + 1)) / (to + 1 - from);
  const fit = y.map((_, i) => {
    const lowest = (from) => Math.min(...y.slice(i).map((__, k) => mean(from, i + k)));
    return Math.max(...y.slice(0, i + 1).map((__, from) => lowest(from)));
  });
  return at.map((score) => {
    const high = x.findIndex((value) => value >= score);
    if (high <= 0) return high === 0 ? fit[0] : fit.at(-1);
    return fit[high - 1] + ((fit[high] - fit[high - 1]) * (score - x[high - 1])) / (x[high] - x[high - 1]);
  });
}

/** Importance weight, model value of the policy and residual of every round. */
export function rounds({ target, predicted, action, propensity, reward }) {
  const actions = target.length / action.length;
  return Array.from(action, (a, i) => {
    const ofRound = (matrix) => Array.from(matrix.subarray(i * actions, (i + 1) * actions));
    const [pi, q] = [ofRound(target), ofRound(predicted)];
    return {
      w: pi[a] / propensity[i],
      r: reward[i],
      value: sum(pi.map((p, k) => p * q[k])),
      residual: reward[i] - q[a],
    };
  });
}

/** Share without event by each time, the product over earlier event times. */
export function productLimit({ times, events }, at) {
  const units = Array.from(times, (time, i) => ({ time, event: events[i] }));
  return at.map((until) =>
    units
      .filter(({ time, event }) => event === 1 && time <= until)
      .reduce((left, { time }) => {
        const tied = units.filter((other) => other.time === time && other.event === 1).length;
        const atRisk = units.filter((other) => other.time >= time).length;
        return left * (1 - tied / atRisk) ** (1 / tied);
      }, 1),
  );
}

/** Events of the second group against those expected under one hazard, squared over their variance. */
export function mantel({ times, events, groups }) {
  const eventTimes = [...new Set(Array.from(times).filter((_, i) => events[i] === 1))];
  const terms = eventTimes.map((time) => {
    const count = (isCounted) => Array.from(times).filter((_, i) => isCounted(i)).length;
    const n = count((i) => times[i] >= time);
    const n1 = count((i) => times[i] >= time && groups[i] === 1);
    const d = count((i) => times[i] === time && events[i] === 1);
    const d1 = count((i) => times[i] === time && events[i] === 1 && groups[i] === 1);
    const spread = n > 1 ? (d * n1 * (n - n1) * (n - d)) / (n * n * (n - 1)) : 0;
    return { excess: d1 - (d * n1) / n, spread };
  });
  return sum(terms.map(({ excess }) => excess)) ** 2 / sum(terms.map(({ spread }) => spread));
}

/** Derivatives of Cox's partial log-likelihood where no two units share a time: 0 at the fit. */
export function coxScore({ times, events, x }, beta) {
  const rows = Array.from(times, (_, i) => beta.map((__, k) => x[beta.length * i + k]));
  const risk = rows.map((cells) => Math.exp(sum(cells.map((cell, k) => cell * beta[k]))));
  return beta.map((_, k) =>
    sum(
      rows.map((cells, i) => {
        if (events[i] !== 1) return 0;
        const among = rows.map((__, j) => (times[j] >= times[i] ? risk[j] : 0));
        return cells[k] - sum(among.map((r, j) => r * rows[j][k])) / sum(among);
      }),
    ),
  );
}

/** Benjamini-Hochberg: for each p the least n·p₍ₖ₎/k among the p-values at least as large. */
export function adjusted(pValues) {
  const sorted = Array.from(pValues).toSorted((a, b) => a - b);
  return Array.from(pValues, (p) =>
    Math.min(1, ...sorted.map((q, k) => (q >= p ? (sorted.length * q) / (k + 1) : Infinity))),
  );
}

/** Levels of LORD++ (`isCandidate` never) or SAFFRON, each test's from the discoveries and candidates before it. */
export function onlineLevels(pValues, { share, initial, alpha, isCandidate, scale }) {
  const levels = [];
  Array.from(pValues).forEach((_, t) => {
    const candidatesSince = (from) => Array.from(pValues).filter((p, j) => j > from && j < t && isCandidate(p)).length;
    const part = (from) => share(t - from - candidatesSince(from));
    const found = levels.flatMap((level, j) => (pValues[j] <= level ? [j] : []));
    levels.push(scale(initial * part(-1) + sum(found.map((j, k) => (k === 0 ? alpha - initial : alpha) * part(j)))));
  });
  return levels;
}
