/** Nodes and weights of Gauss-Legendre quadrature on [−1, 1], by Newton's method on the Legendre polynomial. */
function gaussLegendre(order: number): readonly (readonly [number, number])[] {
  return Array.from({ length: order }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (order + 0.5));
    let slope = 0;
    for (let step = 0; step < 100; step++) {
      let [p0, p1] = [1, x];
      for (let k = 2; k <= order; k++) [p0, p1] = [p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k];
      slope = (order * (x * p1 - p0)) / (x * x - 1);
      const move = p1 / slope;
      x -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    return [x, 2 / ((1 - x * x) * slope * slope)] as const;
  });
}

const RULE = gaussLegendre(16);

/**
 * ∫ f over the panels between neighbouring break points, sixteen Gauss-Legendre nodes a panel; exact to rounding where f is smooth on
 * the scale of a panel. `breaks` may come in any order.
 *
 * @see Abramowitz & Stegun 25.4.29.
 */
export function integrate(f: (x: number) => number, breaks: readonly number[]): number {
  const points = breaks.toSorted((a, b) => a - b);
  let total = 0;
  for (let k = 1; k < points.length; k++) {
    const [low, high] = [points[k - 1] ?? 0, points[k] ?? 0];
    if (!(high > low)) continue;
    const half = (high - low) / 2;
    let panel = 0;
    for (const [x, weight] of RULE) panel += weight * f(low + half * (1 + x));
    total += half * panel;
  }
  return total;
}

/** The nodes and weights `integrate` would use, for integrands known on a grid only. */
export function quadratureNodes(breaks: readonly number[]): {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
} {
  const size = Math.max(0, breaks.length - 1) * RULE.length;
  const [nodes, weights] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 1; k < breaks.length; k++) {
    const [low, high] = [breaks[k - 1] ?? 0, breaks[k] ?? 0];
    const half = (high - low) / 2;
    RULE.forEach(([x, weight], i) => {
      nodes[(k - 1) * RULE.length + i] = low + half * (1 + x);
      weights[(k - 1) * RULE.length + i] = half * weight;
    });
  }
  return { nodes, weights };
}
