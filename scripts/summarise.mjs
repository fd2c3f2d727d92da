// Last line of `.ci/run`: "N passed, N failed" from vitest's JSON report, the status of `npm test` and that of `npm run check`.
// Usage: node scripts/summarise.mjs REPORT TEST_STATUS CHECK_STATUS; exits 1 on any failure.
import { existsSync, readFileSync } from "node:fs";

const [report, testStatus, checkStatus] = process.argv.slice(2);
const { passed, failed } = countTests();
// A failure that no test carries (a crash, an unhandled rejection, a failed check) still counts as one.
const crashed = testStatus !== "0" && failed === 0 ? 1 : 0;
const unchecked = checkStatus === "0" ? 0 : 1;
const failures = failed + crashed + unchecked;
console.log(`${passed} passed, ${failures} failed`);
process.exit(failures === 0 && passed > 0 ? 0 : 1);

function countTests() {
  if (!existsSync(report)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  const brokenFiles = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return { passed: numPassedTests, failed: numFailedTests + brokenFiles.length };
}
