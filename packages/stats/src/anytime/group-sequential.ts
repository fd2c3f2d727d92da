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
 * @returns `invalid-input` for shares that do not rise within (0, 1], an alpha outside (0, 1) or a bad spending parameter.
 * @see Lan & DeMets (1983); Jennison & Turnbull (2000), "Group Sequential Methods", chapters 7 and 19 (recursive integration).
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
 * @returns refusals as `groupSequentialBounds`.
 * @see Pocock (1977); O'Brien & Fleming (1979); Wang & Tsiatis (1987), "Approximately optimal one-parameter boundaries".
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
    if (!(probability > 0)) return Infinity;
    return bisect((z) => Math.log(this.#crossing(z) / probability), -FLOOR, 37);
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
    this.#mass = nodes.map((b, j) => {
      let density = 0;
      for (let i = 0; i < this.#nodes.length; i++) {
        const z = (b - (this.#nodes[i] ?? 0)) / spread;
        if (z < 9 && z > -9) density += (this.#mass[i] ?? 0) * Math.exp(-0.5 * z * z);
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

function planFault({ informationShares, alpha, sides }: SequentialPlan): Refused<"invalid-input"> | null {
  if (informationShares.length === 0 || !(alpha > 0 && alpha < 1) || (sides === 2 && alpha >= 0.99))
    return refuse("invalid-input", `a plan needs looks and an alpha in (0, 1), got ${alpha}`);
  const rising = informationShares.every((t, k) => t > (informationShares[k - 1] ?? 0) && t <= 1);
  return rising ? null : refuse("invalid-input", "information shares must rise within (0, 1]");
}
