import { runGolden, type OpResult } from "./run-golden.ts";

const FAILURES_SHOWN_MAX = 40;

/** `npm run golden -- DIR`: one line per operation, then failures, then the totals; exit status 1 on any failure or without cases. */
function main(folder: string | undefined): number {
  if (folder === undefined) {
    console.error("usage: npm run golden -- DIR");
    return 1;
  }
  const results = runGolden(folder);
  for (const result of results) console.log(describe(result));
  const failures = results.flatMap(({ op, failures }) => failures.map((line) => `FAILED ${op} ${line}`));
  for (const line of failures.slice(0, FAILURES_SHOWN_MAX)) console.log(line);
  if (failures.length > FAILURES_SHOWN_MAX) console.log(`and ${failures.length - FAILURES_SHOWN_MAX} more failures`);
  const total = (count: (result: OpResult) => number): number =>
    results.reduce((sum, result) => sum + count(result), 0);
  if (results.length === 0) console.log(`no cases in ${folder}`);
  console.log(`${total((r) => r.passed)} passed, ${total((r) => r.failed)} failed, ${total((r) => r.skipped)} skipped`);
  return failures.length > 0 || results.length === 0 ? 1 : 0;
}

function describe({ op, cases, passed, failed, skipped, worstRelativeError, disputed }: OpResult): string {
  const name = op.padEnd(36);
  if (skipped > 0) return `${name} ${cases} cases, skipped (unsupported)`;
  return `${name} ${cases} cases, ${passed} passed, ${failed} failed, worst relative error ${worstRelativeError.toExponential(1)}${disputed > 0 ? `, ${disputed} disputed` : ""}`;
}

process.exitCode = main(process.argv[2]);
