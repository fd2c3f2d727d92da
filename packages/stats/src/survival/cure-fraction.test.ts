import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng } from "../numerics/random.ts";
import { cureFraction, cureIncidence } from "./cure-fraction.ts";
import { cureLikelihood } from "./cure-likelihood.ts";

const SHARE = 0.3;
const SHAPE = 1.5;
const SCALE = 10;

/** Units of which 30 % convert after Weibull delays with a median of 7.8 days, followed for a uniform time. */
function leads(n: number, { seed, shortest, longest }: { seed: number; shortest: number; longest: number }) {
  const rng = mersenneRng(seed);
  const times: number[] = [];
  const events: number[] = [];
  for (let i = 0; i < n; i++) {
    const followed = shortest + (longest - shortest) * rng.next();
    const delay = rng.next() < SHARE ? SCALE * (-Math.log1p(-rng.next())) ** (1 / SHAPE) : Infinity;
    times.push(Math.min(delay, followed));
    events.push(delay <= followed ? 1 : 0);
  }
  return { times, events };
}

describe("cureFraction", () => {
  it("is the plain share of converters when everybody was followed far beyond the last delay", () => {
    const data = leads(500, { seed: 3, shortest: 1000, longest: 2000 });
    const fit = accepted(cureFraction(data, { confidence: 0.95 }));
    const share = data.events.reduce((t, e) => t + e, 0) / 500;
    expect(fit.share).toBeCloseTo(share, 8);
    // Then log-odds have the variance 1/(n·p·(1 − p)) of a plain rate.
    expect(fit.covariance[0]?.[0]).toBeCloseTo(1 / (500 * share * (1 - share)), 8);
    expect(cureIncidence(fit, Infinity)).toBeCloseTo(fit.share, 12);
    expect(cureIncidence(fit, fit.medianDelay)).toBeCloseTo(fit.share / 2, 12);
  });

  it("has the slopes and curvatures of its own likelihood (central differences)", () => {
    const data = leads(60, { seed: 5, shortest: 0, longest: 40 });
    const here = [-0.5, 0.2, 2] as const;
    const at = cureLikelihood(data, here);
    const step = 1e-5;
    const shifted = (k: number, by: number) =>
      cureLikelihood(data, [here[0] + (k === 0 ? by : 0), here[1] + (k === 1 ? by : 0), here[2] + (k === 2 ? by : 0)]);
    for (let k = 0; k < 3; k++) {
      const [up, down] = [shifted(k, step), shifted(k, -step)];
      expect((up.logLikelihood - down.logLikelihood) / (2 * step)).toBeCloseTo(at.gradient[k] ?? NaN, 6);
      for (let l = 0; l < 3; l++)
        expect(((down.gradient[l] ?? NaN) - (up.gradient[l] ?? NaN)) / (2 * step)).toBeCloseTo(
          at.information.get(k, l),
          5,
        );
    }
  });

  it("recovers share and delays, and its intervals cover, in 95 % of 300 simulations within four standard errors", () => {
    let [covered, shares, medians] = [0, 0, 0];
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const fit = accepted(cureFraction(leads(400, { seed: run, shortest: 0, longest: 60 }), { confidence: 0.95 }));
      if (fit.interval.lower <= SHARE && SHARE <= fit.interval.upper) covered++;
      shares += fit.share / runs;
      medians += fit.medianDelay / runs;
    }
    expect(Math.abs(covered / runs - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / runs));
    // One fit's share has a standard error of about 0.03, its median delay one of about 0.9; a bias of order 1/n on top.
    expect(Math.abs(shares - SHARE)).toBeLessThan((4 * 0.03) / Math.sqrt(runs) + 1 / 400);
    expect(Math.abs(medians - SCALE * Math.LN2 ** (1 / SHAPE))).toBeLessThan((4 * 0.9) / Math.sqrt(runs) + 0.1);
  });

  it("does not care for the unit of time", () => {
    const data = leads(400, { seed: 8, shortest: 0, longest: 60 });
    const days = accepted(cureFraction(data, { confidence: 0.9 }));
    const hours = accepted(cureFraction({ ...data, times: data.times.map((t) => 24 * t) }, { confidence: 0.9 }));
    expect(hours.share).toBeCloseTo(days.share, 8);
    expect(hours.medianDelay).toBeCloseTo(24 * days.medianDelay, 6);
  });

  it("refuses before the curve has levelled off, when all convert, and with few conversions", () => {
    // Nobody is followed for 1.3 times the median delay.
    expect(cureFraction(leads(2000, { seed: 1, shortest: 0, longest: 10 }), { confidence: 0.95 })).toMatchObject({
      reason: "no-plateau",
    });
    const all = Array.from({ length: 50 }, (_, i) => 1 + i);
    expect(cureFraction({ times: all, events: all.map(() => 1) }, { confidence: 0.95 })).toMatchObject({
      reason: "no-plateau",
    });
    expect(cureFraction({ times: all, events: all.map((t) => Number(t < 5)) }, { confidence: 0.95 })).toMatchObject({
      reason: "too-few",
    });
    expect(cureFraction({ times: [1], events: [1] }, { confidence: 1 })).toMatchObject({ reason: "invalid-input" });
  });
});
