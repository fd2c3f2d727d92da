// The methods of @ratchet/stats as their own docstrings tell them: read here, written by `write-methods.mjs`, checked by `methods.test.ts`.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse as parseComment } from "comment-parser";
import { parseSync } from "oxc-parser";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = join(ROOT, "packages/stats/src");

/** Where the list stands; `methods.test.ts` compares it with what `renderMethods` says now. */
export const METHODS_PAGE = join(ROOT, "packages/stats/METHODS.md");

/**
 * @typedef {{ readonly name: string, readonly file: string, readonly family: string, readonly line: string, readonly formula: string,
 *   readonly assumes: string, readonly see: string, readonly returns: string, readonly part: string, readonly example: string }} Method
 */

/**
 * Every function that the package exports, in the order and under the headings of its list of exports.
 *
 * @returns {readonly Method[]}
 */
export function readMethods() {
  return readExports()
    .filter(({ file }) => file.includes("/")) // beside the families stand only the types of every answer
    .flatMap(({ family, file, names }) => {
      const docstrings = readDocstrings(file);
      return names.flatMap((name) => {
        const docstring = docstrings.get(name);
        return docstring === undefined ? [] : [{ name, file, family, ...readTags(docstring) }];
      });
    });
}

/** What `index.ts` exports as values, file by file, with the comment above the group as the family's title. */
function readExports() {
  const text = readFileSync(join(SOURCES, "index.ts"), "utf8");
  const { program, comments } = parseSync("index.ts", text);
  return program.body
    .filter((node) => node.type === "ExportNamedDeclaration" && node.source !== null)
    .map((node) => ({
      family: comments.findLast(({ type, end }) => type === "Line" && end < node.start)?.value.trim() ?? "",
      file: node.source.value.replace(/^\.\//, ""),
      names: node.specifiers.filter(({ exportKind }) => exportKind === "value").map(({ exported }) => exported.name),
    }));
}

/** Exported function → its docstring, empty where it has none. */
function readDocstrings(file) {
  const text = readFileSync(join(SOURCES, file), "utf8");
  const { program, comments } = parseSync(file, text);
  const found = new Map();
  for (const node of program.body) {
    if (node.type !== "ExportNamedDeclaration") continue;
    for (const name of functionNames(node.declaration)) {
      const above = comments.findLast(({ type, end }) => type === "Block" && end <= node.start);
      const touches = above !== undefined && text.slice(above.end, node.start).trim() === "";
      const docstring = touches && above.value.startsWith("*") ? text.slice(above.start, above.end) : "";
      if (!found.get(name)) found.set(name, docstring); // overloads: the first one with a docstring speaks for all
    }
  }
  return found;
}

function functionNames(declaration) {
  if (declaration?.type === "FunctionDeclaration" || declaration?.type === "TSDeclareFunction")
    return [declaration.id.name];
  if (declaration?.type !== "VariableDeclaration") return [];
  return declaration.declarations
    .filter(({ init }) => init?.type === "ArrowFunctionExpression" || init?.type === "CallExpression")
    .map(({ id }) => id.name);
}

function readTags(docstring) {
  const [block] = parseComment(docstring, { spacing: "preserve" });
  const text = (tag) =>
    (block?.tags ?? [])
      .filter((found) => found.tag === tag)
      .map(({ source }) => tagText(source, tag))
      .join("; ");
  const description = (block?.description ?? "").trim();
  return {
    line: description.split(/\n\s*\n/)[0]?.replaceAll(/\s+/g, " ") ?? "",
    formula: oneLine(text("formula")),
    assumes: oneLine(text("assumes")),
    see: oneLine(text("see")),
    returns: oneLine(text("returns")),
    part: oneLine(text("part")),
    example: text("example").trim(),
  };
}

/** The text of a tag as written, without the stars of the comment around it. */
function tagText(source, tag) {
  return source
    .map(({ source: line }) => line.replace(/^\s*\/?\*+(?:\/$)? ?/, "").replace(/\s*\*\/$/, ""))
    .join("\n")
    .replace(`@${tag}`, "")
    .replace(/^ /, "");
}

const oneLine = (text) => text.replaceAll(/\s+/g, " ").trim();

/**
 * What a docstring still lacks for the list, in words; nothing for a part of another method, which needs its sentence alone.
 *
 * @param {Method} method
 * @param {readonly Method[]} methods
 * @returns {readonly string[]}
 */
export function docstringFaults(method, methods) {
  if (method.line === "") return [`${method.file}: ${method.name} has no docstring`];
  if (method.part !== "") {
    const whole = methods.find(({ name }) => name === method.part);
    return whole !== undefined && whole.part === ""
      ? []
      : [`${method.file}: ${method.name} is a part of no method: ${method.part}`];
  }
  return ["formula", "assumes", "see", "example"]
    .filter((tag) => method[tag] === "")
    .map((tag) => `${method.file}: ${method.name} lacks @${tag}`);
}

/**
 * The example as a program: its statements, and for each one that ends in `// => value` what it must come to.
 *
 * @param {string} example
 * @returns {readonly { readonly code: string, readonly expected: string | undefined }[]}
 */
export function exampleSteps(example) {
  const { program, comments, errors } = parseSync("example.ts", example);
  if (errors.length > 0) throw new SyntaxError(`${errors[0].message} in the example\n${example}`);
  return program.body.map((node) => {
    const after = comments.find(({ start }) => start >= node.end && !example.slice(node.end, start).includes("\n"));
    const expected = /^\s*=>\s*(.+)$/.exec(after?.value ?? "")?.[1];
    const isExpression = node.type === "ExpressionStatement";
    return {
      code: isExpression
        ? example.slice(node.expression.start, node.expression.end)
        : example.slice(node.start, node.end),
      expected: isExpression ? expected : undefined,
    };
  });
}

/**
 * The list of methods as a Markdown page.
 *
 * @param {readonly Method[]} methods
 * @returns {string}
 */
export function renderMethods(methods) {
  const families = [...new Set(methods.map(({ family }) => family))];
  const contents = families.map((family) => `- [${family}](#${anchor(family)})`);
  const sections = families.flatMap((family) => {
    const own = methods.filter((method) => method.family === family);
    return [
      "",
      `## ${family}`,
      "",
      ...own.filter(({ part }) => part === "").flatMap((method) => renderMethod(method, methods)),
    ];
  });
  return `${[
    "# Methods of @ratchet/stats",
    "",
    "One entry a method: what it estimates, the formula, what it assumes, when it refuses, the paper, an example that a test runs.",
    "Written from the docstrings by `node scripts/write-methods.mjs`; change it there.",
    "",
    ...contents,
    ...sections,
  ]
    .join("\n")
    .trimEnd()}\n`;
}

function renderMethod(method, methods) {
  const parts = methods.filter(({ part }) => part === method.name);
  return [
    `### ${method.name}`,
    "",
    method.line,
    "",
    ...(method.formula === "" ? [] : [`- **Formula** ${asText(method.formula)}`]),
    ...(method.assumes === "" ? [] : [`- **Assumes** ${asText(method.assumes)}`]),
    ...(method.returns === "" ? [] : [`- **Returns** ${asText(method.returns)}`]),
    ...(method.see === "" ? [] : [`- **Paper** ${asText(method.see)}`]),
    ...parts.map(({ name, line }) => `- **With** \`${name}\`: ${line}`),
    `- **Source** [${method.file}](src/${method.file})`,
    "",
    ...(method.example === "" ? [] : ["```ts", method.example, "```", ""]),
  ];
}

/** Stars and underscores of a formula are not emphasis; a pipe or bracket needs no escape outside tables and links. */
const asText = (text) => text.replaceAll(/(?<!`[^`]*)([*_<])(?![^`]*`)/g, String.raw`\$1`);

const anchor = (title) =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");

/** The page as it stands; empty where it is missing. */
export const readMethodsPage = () => (existsSync(METHODS_PAGE) ? readFileSync(METHODS_PAGE, "utf8") : "");
