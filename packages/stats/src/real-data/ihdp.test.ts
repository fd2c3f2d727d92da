import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng } from "../numerics/random.ts";
import { crossFittedAipw } from "../observational/cross-fitted-aipw.ts";
import { hasData, NEEDS_DATA, readMatrix } from "./public-data.fixture.ts";

/** True effects of the first five of the catalogue's ten draws, to its two digits. */
const CATALOGUE = [4.02, 4.05, 4.1, 4.27, 4.16];

describe.skipIf(!hasData("ihdp/ihdp_npci_1.csv"))(
  `IHDP with simulated outcomes: 747 children, five draws ${NEEDS_DATA}`,
  () => {
    const draws = hasData("ihdp/ihdp_npci_1.csv")
      ? CATALOGUE.map((listed, k) => {
          const rows = readMatrix(`ihdp/ihdp_npci_${k + 1}.csv`);
          const column = (c: number): readonly number[] => rows.map((row) => row[c] ?? NaN);
          const truth = rows.reduce((t, row) => t + ((row[4] ?? NaN) - (row[3] ?? NaN)) / rows.length, 0);
          return { listed, truth, treated: column(0), outcomes: column(1), rows: rows.map((row) => row.slice(5)) };
        })
      : [];

    it("has the true effects of the catalogue", () => {
      for (const { listed, truth } of draws) expect(Math.abs(truth - listed)).toBeLessThanOrEqual(0.005_000_1);
    });

    it("gives them up to cross-fitted AIPW, with a mean absolute error of at most 0.2 and honest intervals", () => {
      const found = draws.map(({ truth, rows, treated, outcomes }) => {
        const effect = accepted(crossFittedAipw({ rows, treated, outcomes }, { rng: mersenneRng(1) }));
        return { error: Math.abs(effect.estimate - truth), se: effect.standardError };
      });
      // 0.2 is the bar; 0.07 was seen, where standard errors of 0.10-0.15 let expect 0.8·0.12 = 0.10 of a right method. (The plain
      // difference errs by 0.04 in these five draws and by 0.26 in the catalogue's ten: the ninth is what tells methods apart.)
      expect(found.reduce((t, f) => t + f.error, 0) / found.length).toBeLessThanOrEqual(0.2);
      for (const { error, se } of found) expect(error).toBeLessThan(2.6 * se);
    });

    it("is refused with a penalty so weak that single children weigh as much as a hundred", () => {
      const [first] = draws;
      const refused = first === undefined ? null : crossFittedAipw(first, { rng: mersenneRng(1), penalty: 0.01 });
      expect(refused).toMatchObject({ kind: "refused", reason: "thin-overlap" });
    });
  },
);
