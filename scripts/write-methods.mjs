// `node scripts/write-methods.mjs`: writes packages/stats/METHODS.md from the docstrings of the package.
import { writeFileSync } from "node:fs";
import { METHODS_PAGE, readMethods, renderMethods } from "./methods.mjs";

const methods = readMethods();
writeFileSync(METHODS_PAGE, renderMethods(methods));
console.log(`${METHODS_PAGE}: ${methods.filter(({ part }) => part === "").length} methods`);
