/** The structural promises of ARCHITECTURE.md, kept by a test: who may import whom, and what may stand where. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

/** Which of our packages each package may import. The dashboard and the CLI are imported by nobody. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  stats: [],
  protocol: [],
  engine: ["stats"],
  storage: ["engine"],
  simulator: ["stats", "engine"],
  server: ["stats", "engine", "storage", "protocol"],
  sdk: ["protocol"],
  cli: ["sdk", "protocol", "server", "simulator"],
  dashboard: ["sdk", "protocol"],
};

/** The steps of the loop: each imports only earlier ones. The loop closes through stored data, never through imports. */
const STEPS = [
  "signals",
  "decisions",
  "outcomes",
  "health",
  "evidence",
  "adaptation",
  "governance",
  "rollout",
  "reviews",
  "ports",
  "loop",
  "workspace",
];

/** Packages whose functions take their clock, randomness and configuration as arguments. */
const PURE = ["stats", "protocol", "engine"];

const CLOCK_OR_CHANCE =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/;
const JUNK_DRAWERS = ["utils", "util", "helpers", "helper", "common", "lib", "misc", "shared"];
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
const LINES_MAX = 400;

/** A package's list of exports: every line names something; there is nothing to hold in one's head. */
const ONLY_EXPORTS = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*|export (?:type )?\{[^}]*\} from "[^"]+";)+$/;

/** Paths of one machine and names of package registries: right nowhere but where they were written. */
const OF_ONE_MACHINE =
  /(?<![\w.])\/(?:work|root|home|Users)\/(?!node\/)\w|\bregistry\.npmjs\b|\b(?:npm|pypi)\.\w+\.internal\b/;

interface Source {
  /** From the root, with forward slashes: `packages/engine/src/loop.ts`. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function readSources(): readonly Source[] {
  return Object.keys(MAY_IMPORT)
    .map((name) => `packages/${name}/src`)
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`))
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

const isTest = ({ path }: Source): boolean => /\.test\.tsx?$/.test(path);
const isExportList = ({ path, text }: Source): boolean => path.endsWith("/index.ts") && ONLY_EXPORTS.test(text);
const packageOf = ({ path }: Source): string => path.split("/")[1] ?? "";

function importsOf({ text }: Source): readonly Import[] {
  const declared = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']/gm);
  const dynamic = text.matchAll(/\bimport\(\s*["']([^"']+)["']/g);
  return [
    ...[...declared].map(([, type, specifier = ""]) => ({ specifier, typeOnly: type !== undefined })),
    ...[...dynamic].map(([, specifier = ""]) => ({ specifier, typeOnly: false })),
  ];
}

/** Whether a package declares a path of its own, `.` or `./contracts`, among its exports. */
function isDeclared(name: string, path: string): boolean {
  if (!existsSync(`packages/${name}/package.json`)) return false;
  const { exports }: { readonly exports?: Readonly<Record<string, unknown>> } = JSON.parse(
    readFileSync(`packages/${name}/package.json`, "utf8"),
  );
  return exports !== undefined && Object.hasOwn(exports, path);
}

/** What a file imports against the table of packages. */
function packageFaults(source: Source): readonly string[] {
  const home = packageOf(source);
  return importsOf(source).flatMap(({ specifier, typeOnly }) => {
    if (specifier.startsWith(".")) {
      const target = join(dirname(source.path), specifier);
      return target.startsWith(`packages/${home}/`) ? [] : [`${source.path} reaches into ${target}`];
    }
    const [scope, name = ""] = specifier.split("/");
    if (scope !== "@ratchet") return [];
    if (!isDeclared(name, specifier.replace(`@ratchet/${name}`, ".")))
      return [`${source.path} imports ${specifier}: only what its package exports is importable`];
    if (!MAY_IMPORT[home]?.includes(name)) return [`${source.path} imports ${specifier}: not along the arrows`];
    return home === "sdk" && !typeOnly && !isTest(source)
      ? [`${source.path} must write "import type" for ${specifier}`]
      : [];
  });
}

/** Place of an engine file in the order of steps: -1 for the kernel that all may use, undefined for a folder without a place. */
function stepOf(path: string): number | undefined {
  const [first = "", ...rest] = path.replace("packages/engine/src/", "").split("/");
  if (rest.length > 0) return STEPS.includes(first) ? STEPS.indexOf(first) : undefined;
  if (first.startsWith("index.")) return STEPS.length;
  return /^loop[.-]/.test(first) ? STEPS.indexOf("loop") : -1;
}

/** What an engine file imports against the order of steps. Tests may look ahead. */
function stepFaults(source: Source): readonly string[] {
  if (packageOf(source) !== "engine" || isTest(source)) return [];
  const own = stepOf(source.path);
  if (own === undefined) return [`${source.path} is in no step of the loop: ${STEPS.join(" < ")}`];
  return importsOf(source)
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => join(dirname(source.path), specifier))
    .filter((target) => (stepOf(target) ?? Number.POSITIVE_INFINITY) > own)
    .map((target) => `${source.path} imports the later step ${target}`);
}

function clockFaults(source: Source): readonly string[] {
  if (!PURE.includes(packageOf(source)) || isTest(source)) return [];
  const code = source.text.replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
  const found = CLOCK_OR_CHANCE.exec(code);
  return found === null ? [] : [`${source.path} uses ${found[0]}: take it as an argument`];
}

function formFaults(source: Source): readonly string[] {
  const parts = source.path.split("/").slice(3);
  const drawer = parts.find((part) => JUNK_DRAWERS.includes(part.replace(/\..*$/, "")));
  const lines = source.text.split("\n").length - 1;
  return [
    ...(parts.every((part) => KEBAB_CASE.test(part)) ? [] : [`${source.path} is not in kebab-case`]),
    ...(drawer === undefined ? [] : [`${source.path}: "${drawer}" names no idea`]),
    ...(lines > LINES_MAX && !isExportList(source) ? [`${source.path} has ${lines} lines, at most ${LINES_MAX}`] : []),
    ...(/^export \* from/m.test(source.text) ? [`${source.path} has "export *"`] : []),
    ...(/^export default\b/m.test(source.text) ? [`${source.path} has a default export`] : []),
  ];
}

const sources = readSources();

describe("the sources", () => {
  it("are seen: a checker that reads nothing would always be content", () => {
    expect(Object.keys(MAY_IMPORT).toSorted()).toEqual(readdirSync("packages").toSorted());
    const seen = new Set(sources.map(packageOf));
    expect(Object.keys(MAY_IMPORT).filter((name) => !seen.has(name))).toEqual([]);
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
  });
  it("import our packages only along the arrows, by name, and never into them", () => {
    expect(sources.flatMap(packageFaults)).toEqual([]);
  });
  it("import, in the engine, only earlier steps of the loop", () => {
    expect(sources.flatMap(stepFaults)).toEqual([]);
  });
  it("read no clock and draw no chance in the pure packages", () => {
    expect(sources.flatMap(clockFaults)).toEqual([]);
  });
  it("have kebab-case names that mean something, at most 400 lines, and only named exports", () => {
    expect(sources.flatMap(formFaults)).toEqual([]);
  });
});

describe("the checks themselves", () => {
  const at = (path: string, text: string): Source => ({ path: `packages/${path}`, text });
  it.each([
    ["a package against the arrows", packageFaults(at("engine/src/ids.ts", 'import { a } from "@ratchet/storage";'))],
    ["a deep import", packageFaults(at("engine/src/ids.ts", 'import { a } from "@ratchet/stats/src/a.ts";'))],
    ["a path out of the package", packageFaults(at("engine/src/ids.ts", 'import { a } from "../../stats/src/a.ts";'))],
    ["values in the SDK", packageFaults(at("sdk/src/client.ts", 'import {\n  type A,\n} from "@ratchet/protocol";'))],
    ["a dynamic import", packageFaults(at("stats/src/a.ts", 'const a = await import("@ratchet/engine");'))],
    ["a later step", stepFaults(at("engine/src/signals/a.ts", 'export { b } from "../rollout/b.ts";'))],
    ["a step in the kernel", stepFaults(at("engine/src/ids.ts", 'import type { B } from "./evidence/b.ts";'))],
    ["a folder without a place", stepFaults(at("engine/src/models/a.ts", ""))],
    ["a clock", clockFaults(at("stats/src/a.ts", "const now = Date.now();"))],
    ["a junk drawer", formFaults(at("server/src/utils/a.ts", ""))],
    ["a wrong name", formFaults(at("server/src/httpServer.ts", ""))],
  ])("catch %s", (_, faults) => {
    expect(faults).toHaveLength(1);
  });
});

describe.skipIf(!existsSync(".git"))("the tracked files", () => {
  it("name no path of one machine and no package registry", () => {
    const tracked = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" }).split("\0");
    const texts = tracked.filter((path) => existsSync(path) && !/\.(?:png|gz|parquet|woff2)$/.test(path));
    expect(texts.length).toBeGreaterThan(50);
    expect(texts.filter((path) => OF_ONE_MACHINE.test(readFileSync(path, "utf8")))).toEqual([]);
  });
});
