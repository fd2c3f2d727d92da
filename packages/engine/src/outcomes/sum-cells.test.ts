import { expect, it } from "vitest";
import { exampleCell, PLAIN, STORY } from "../loop-examples.contract.ts";
import { groupCells, sumCells } from "./sum-cells.ts";

const cells = [
  exampleCell({ action: STORY, n: 10, sum: 3 }),
  exampleCell({ action: PLAIN, n: 20, sum: 4 }),
  exampleCell({ action: STORY, n: 5, nonZero: 2, sum: 70, sumSquares: 2500 }),
];

it("adds cells up, whatever distinguishes them", () => {
  expect(sumCells(cells)).toEqual({ n: 35, nonZero: 9, sum: 77, sumSquares: 2507 });
  expect(sumCells([])).toEqual({ n: 0, nonZero: 0, sum: 0, sumSquares: 0 });
});

it("groups cells in the order in which their keys come", () => {
  expect(groupCells(cells, (cell) => cell.action).map((group) => group.map(({ n }) => n))).toEqual([[10, 5], [20]]);
});
