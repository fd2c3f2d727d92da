/** What we take from others: it runs on the oldest Node we promise, is pinned, and installs from a fresh clone on any platform. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import semver from "semver";
import { describe, expect, it } from "vitest";
import { completeLock, missingOptional, platformOf } from "./scripts/complete-lockfile.mjs";

/** The oldest Node that we promise to run on, as installed on the machines that check it. */
const OLDEST_NODE = "20.20.2";

/** Packages that declare a newer Node and were seen to work on the oldest one; each with what was tried. */
const WORKS_ALL_THE_SAME: readonly string[] = [];

const OURS = [".", ...readdirSync("packages").map((name) => `packages/${name}`)];

function readJson(path: string) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Folders of all installed packages, scoped and nested ones too. */
function installedPackages(modules: string): readonly string[] {
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).filter((name) => !name.startsWith("."));
  const folders = names.flatMap((name) =>
    name.startsWith("@")
      ? readdirSync(`${modules}/${name}`).map((inner) => `${modules}/${name}/${inner}`)
      : [`${modules}/${name}`],
  );
  const packages = folders.filter(
    (folder) => !folder.startsWith("node_modules/@ratchet/") && existsSync(`${folder}/package.json`),
  );
  return [...packages, ...packages.flatMap((folder) => installedPackages(`${folder}/node_modules`))];
}

describe("installed packages", () => {
  const installed = ["node_modules", ...OURS.map((folder) => `${folder}/node_modules`)].flatMap(installedPackages);

  it("run on the oldest Node that we promise", () => {
    const tooNew = installed
      .map((folder) => readJson(`${folder}/package.json`))
      .filter(({ engines }) => typeof engines?.node === "string" && !semver.satisfies(OLDEST_NODE, engines.node))
      .map(({ name }) => String(name));
    expect(installed.length).toBeGreaterThan(100);
    expect([...new Set(tooNew)].toSorted()).toEqual(WORKS_ALL_THE_SAME);
  });
});

describe("our manifests", () => {
  it("pin every dependency to one version", () => {
    const loose = OURS.flatMap((folder) => {
      const { name, dependencies, devDependencies } = readJson(`${folder}/package.json`);
      const wanted: readonly (readonly [string, unknown])[] = Object.entries({ ...dependencies, ...devDependencies });
      return wanted.filter(([, version]) => semver.valid(String(version)) === null).map(([to]) => `${name} → ${to}`);
    });
    expect(loose).toEqual([]);
  });
  it("leave the SDK without dependencies at run time", () => {
    expect(readJson("packages/sdk/package.json").dependencies).toBeUndefined();
  });
  it("share one version", () => {
    expect(new Set(OURS.map((folder) => readJson(`${folder}/package.json`).version)).size).toBe(1);
  });
});

describe("the lockfile", () => {
  const text = readFileSync("package-lock.json", "utf8");
  const lock = JSON.parse(text);

  it("names no registry, so that any mirror serves", () => {
    expect(text.match(/https?:\/\/[^"]*\.tgz/g)).toBeNull();
  });
  it("has the packages of all platforms, or `npm ci` refuses it (run `npm run lock`)", () => {
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
    expect(missingOptional(lock)).toEqual([]);
  });
  it("gets absent platform packages from what asks for them", () => {
    const chdb = { version: "3.4.0", optionalDependencies: { "@chdb/lib-linux-arm64-gnu": "26.7.3-stable.1" } };
    const completed = completeLock({ packages: { "": {}, "node_modules/chdb": chdb } });
    expect(completed.added).toBe(1);
    expect(completed.lock.packages["node_modules/@chdb/lib-linux-arm64-gnu"]).toEqual({
      version: "26.7.3-stable.1",
      os: ["linux"],
      cpu: ["arm64"],
      libc: ["glibc"],
      optional: true,
    });
  });
  it("reads a platform only from a name that has one", () => {
    expect(platformOf("@oxlint/binding-win32-x64-msvc")).toEqual({ os: ["win32"], cpu: ["x64"] });
    expect(platformOf("fsevents")).toBeUndefined();
  });
});
