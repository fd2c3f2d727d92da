import { bisect } from "../numerics/bisect.ts";
import { quadratureNodes } from "../numerics/quadrature.ts";
import { refuse, type Refused } from "../refused.ts";
import { normalQuantile, normalSf } from "../numerics/special-functions.ts";
import { spentError, type ErrorSpending } from "./error-spending.ts";

/** Looks planned at shares of the final information (for example of the units), increasing, the last at most 1. */
export interface SequentialPlan {
  readonly informationShares: readonly number[];
  /** Total error over all looks, of both sides together when `sides` is 2. */
  readonly alpha: number;
  readonly sides: 1 | 2;
}

/** Stop at a look when z (|z| with two sides) reaches `criticalValue`. */
export interface SequentialBound {
  readonly informationShare: number;
  readonly criticalValue: number;
  /** Error spent up to this look. */
  readonly spent: number;
  /** One-sided p-value that stops here. */
  readonly stageLevel: number;
}

/** Bounds of all looks. */
export interface SequentialDesign {
  readonly kind: "estimate";
  readonly bounds: readonly SequentialBound[];
}

/**
 * Group-sequential bounds by error spending: looks need not be evenly spaced nor known in advance, only the final information.
 *
 * More powerful than a confidence sequence when the maximum is known; worthless beyond it. With two sides each side spends the
 * error of a one-sided plan at alpha/2.
 *
 * @formula c_k solves P(z_k ≥ c_k, z_j < c_j for j < k) = s(t_k) − s(t_{k−1}) for a Brownian walk z_k = B(t_k)/√t_k, s by `spentError`
 * @assumes information that grows by independent increments; looks whose times do not depend on the effect seen so far
 * @returns `invalid-input` for shares that do not rise within (0, 1], more than 200 looks or looks less than 10⁻⁴ apart, an alpha outside
 * (0, ½) or a bad spending parameter
 * @see Lan & DeMets (1983), "Discrete sequential boundaries for clinical trials"; Jennison & Turnbull (2000), "Group Sequential Methods",
 * chapters 7 and 19 (recursive integration).
 * @example
 * const plan = { informationShares: [0.5, 1], alpha: 0.05, sides: 2 };
 * groupSequentialBounds(plan, { kind: "obrien-fleming" }).bounds.map((bound) => bound.criticalValue) // => [2.96259, 1.9686]
 */
export function groupSequentialBounds(
  plan: SequentialPlan,
  spending: ErrorSpending,
): SequentialDesign | Refused<"invalid-input"> {
  const fault = planFault(plan);
  if (fault !== null) return fault;
  const { informationShares, alpha, sides } = plan;
  const perSide = alpha / sides;
  const spent = informationShares.map((share) => spentError(spending, share, perSide));
  if (spent.some((a, k) => !(a >= (spent[k - 1] ?? 0) && a <= perSide * (1 + 1e-12))))
    return refuse("invalid-input", "the spending function must rise from 0 to alpha; check its parameter");
  const walk = new BrownianWalk(informationShares, sides);
  const bounds = informationShares.map((informationShare, k) => {
    const criticalValue = walk.boundFor((spent[k] ?? 0) - (spent[k - 1] ?? 0));
    walk.stopAt(criticalValue);
    return { informationShare, criticalValue, spent: sides * (spent[k] ?? 0), stageLevel: normalSf(criticalValue) };
  });
  return { kind: "estimate", bounds };
}

/**
 * Bounds of a fixed shape: critical value ∝ share^(delta − ½). Delta 0 is O'Brien-Fleming, ½ Pocock, between them Wang-Tsiatis.
 *
 * @param delta - in [−1, ½].
 * @formula c_k = C·t_k^(delta − ½), C such that the walk of `groupSequentialBounds` crosses with probability alpha
 * @assumes information that grows by independent increments; looks fixed in advance
 * @returns refusals as `groupSequentialBounds`
 * @see Wang & Tsiatis (1987), "Approximately optimal one-parameter boundaries for group sequential trials"; Pocock (1977); O'Brien &
 * Fleming (1979).
 * @example
 * const plan = { informationShares: [0.5, 1], alpha: 0.05, sides: 2 };
 * wangTsiatisBounds(plan, 0.5).bounds.map((bound) => bound.criticalValue) // => [2.17827, 2.17827]
 */
export function wangTsiatisBounds(plan: SequentialPlan, delta: number): SequentialDesign | Refused<"invalid-input"> {
  const fault = planFault(plan);
  if (fault !== null) return fault;
  if (!(delta >= -1 && delta <= 0.5)) return refuse("invalid-input", `delta must be in [-1, 0.5], got ${delta}`);
  const { informationShares, alpha, sides } = plan;
  const walkTo = (constant: number): readonly SequentialBound[] => {
    const walk = new BrownianWalk(informationShares, sides);
    let spent = 0;
    return informationShares.map((informationShare) => {
      const criticalValue = constant * informationShare ** (delta - 0.5);
      spent += sides * walk.stopAt(criticalValue);
      return { informationShare, criticalValue, spent, stageLevel: normalSf(criticalValue) };
    });
  };
  // The constant lies between the bound of the last look alone and Bonferroni's for all looks (at shares below 1 both scale).
  const excess = (constant: number): number => (walkTo(constant).at(-1)?.spent ?? 0) - alpha;
  const constant = bisect(excess, 0, -normalQuantile(alpha / sides / informationShares.length) + 1e-6);
  return { kind: "estimate", bounds: walkTo(constant) };
}

const FURTHEST = 37;

/** The quadrature grid grows with the looks and with the inverse root of the smallest step. */
const LOOKS_MAX = 200;
const STEP_MIN = 1e-4;

/** How far below 0 (in standard deviations) a one-sided walk is followed: beyond lies 1e-19 of it. */
const FLOOR = 9;

/** Distribution of the score b = z·√share among walks that have not stopped yet, on a quadrature grid. */
class BrownianWalk {
  readonly #shares: readonly number[];
  readonly #sides: 1 | 2;
  #look = 0;
  #nodes: Float64Array = Float64Array.of(0);
  /** Density times quadrature weight. */
  #mass: Float64Array = Float64Array.of(1);

  constructor(shares: readonly number[], sides: 1 | 2) {
    this.#shares = shares;
    this.#sides = sides;
  }

  /** P(reach a critical value at the coming look on one side, not having stopped before). */
  #crossing(criticalValue: number): number {
    const [share, spread] = this.#coming();
    const bound = criticalValue * Math.sqrt(share);
    let total = 0;
    for (let i = 0; i < this.#nodes.length; i++)
      total += (this.#mass[i] ?? 0) * normalSf((bound - (this.#nodes[i] ?? 0)) / spread);
    return total;
  }

  /** The critical value that is reached with a given probability; Infinity for none. */
  boundFor(probability: number): number {
    // Beyond 37 standard deviations a double has no tail left.
    if (!(probability > 0) || this.#crossing(FURTHEST) >= probability) return Infinity;
    return bisect((z) => Math.log(this.#crossing(z) / probability), -FLOOR, FURTHEST);
  }

  /** Takes a look: the walks at or beyond the critical value stop. Returns the share that does on one side. */
  stopAt(criticalValue: number): number {
    const crossing = this.#crossing(criticalValue);
    const [share, spread] = this.#coming();
    const next = this.#shares[this.#look + 1];
    const top = Math.min(criticalValue, FLOOR) * Math.sqrt(share);
    const bottom = this.#sides === 2 ? -top : -FLOOR * Math.sqrt(share);
    const finest = Math.min(spread, next === undefined ? spread : Math.sqrt(next - share));
    // Sixteen nodes over two standard deviations of the sharper of the two steps around this look.
    const panels = Math.max(4, Math.ceil((top - bottom) / (2 * finest)));
    const { nodes, weights } = quadratureNodes(
      Array.from({ length: panels + 1 }, (_, k) => bottom + ((top - bottom) * k) / panels),
    );
    const scale = 1 / (spread * Math.sqrt(2 * Math.PI));
    let first = 0;
    this.#mass = nodes.map((b, j) => {
      let density = 0;
      // Both grids ascend: what is more than nine steps away adds nothing, on either side.
      while (first < this.#nodes.length && (this.#nodes[first] ?? 0) < b - FLOOR * spread) first++;
      for (let i = first; i < this.#nodes.length; i++) {
        const z = (b - (this.#nodes[i] ?? 0)) / spread;
        if (z < -FLOOR) break;
        density += (this.#mass[i] ?? 0) * Math.exp(-0.5 * z * z);
      }
      return density * scale * (weights[j] ?? 0);
    });
    this.#nodes = nodes;
    this.#look++;
    return crossing;
  }

  /** Share of the coming look, and the standard deviation of the step to it. */
  #coming(): readonly [number, number] {
    const share = this.#shares[this.#look] ?? NaN;
    return [share, Math.sqrt(share - (this.#shares[this.#look - 1] ?? 0))];
  }
}

function planFault({ informationShares, alpha }: SequentialPlan): Refused<"invalid-input"> | null {
  if (informationShares.length === 0 || !(alpha > 0 && alpha < 0.5))
    return refuse("invalid-input", `a plan needs looks and an alpha in (0, ½), got ${alpha}`);
  if (informationShares.length > LOOKS_MAX)
    return refuse(
      "invalid-input",
      `at most ${LOOKS_MAX} looks, got ${informationShares.length}; use a confidence sequence`,
    );
  const rising = informationShares.every((t, k) => t > (informationShares[k - 1] ?? 0) && t <= 1);
  if (!rising) return refuse("invalid-input", "information shares must rise within (0, 1]");
  const apart = informationShares.every((t, k) => k === 0 || t - (informationShares[k - 1] ?? 0) >= STEP_MIN);
  return apart
    ? null
    : refuse("invalid-input", `looks must be ${STEP_MIN} of the final information apart; leave one out`);
}
