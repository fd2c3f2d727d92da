// Completes package-lock.json with the optional platform packages that npm left out.
//
// Native packages list one optional dependency per platform. Where a registry does not carry all of them, `npm install` silently
// leaves the absent ones out of the lockfile, and `npm ci` then refuses it ("Missing: … from lock file"). A lock entry whose `os`
// and `cpu` do not fit is never fetched, so naming the absent packages is enough, and right for the platforms that do have them.
// `npm run lock` runs this after every change, because the next `npm install` strips the entries again.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OPERATING_SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];
const VARIANTS = { gnu: "glibc", musl: "musl", gnueabihf: "glibc", musleabihf: "musl" };

/** Where Node would find `name` when required from the package at `from`, or undefined when the lockfile has no such entry. */
function resolveInLock(packages, from, name) {
  for (let folder = from; ;) {
    const candidate = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (folder === "") return undefined;
    folder = folder.includes("/node_modules/") ? folder.slice(0, folder.lastIndexOf("/node_modules/")) : "";
  }
}

/** Platform constraints read from a name such as `@scope/lib-linux-arm64-gnu`, or undefined when it names no platform. */
export function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => OPERATING_SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  if (os === undefined || cpu === undefined) return undefined;
  const libc = VARIANTS[words.at(-1)];
  return { os: [os], cpu: [cpu], ...(libc === undefined || os !== "linux" ? {} : { libc: [libc] }) };
}

/** Every optional dependency that some entry of the lockfile asks for and no entry provides. */
export function missingOptional(lock) {
  return Object.entries(lock.packages).flatMap(([from, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => resolveInLock(lock.packages, from, name) === undefined)
      .map(([name, version]) => ({ from, name, version, dev: entry.dev === true })),
  );
}

/** The lockfile with an entry for each missing platform package; throws when one cannot be told from its name and version. */
export function completeLock(lock) {
  const added = missingOptional(lock).map(({ from, name, version, dev }) => {
    const platform = platformOf(name);
    if (platform === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
      throw new Error(
        `${from} wants ${name}@${version}, absent from the registry, and its platform is not in its name: add it by hand`,
      );
    }
    return [`node_modules/${name}`, { version, ...platform, ...(dev ? { dev: true } : {}), optional: true }];
  });
  const [root, ...rest] = Object.entries(lock.packages);
  const sorted = [...rest, ...added].sort(([a], [b]) => a.localeCompare(b, "en"));
  return { lock: { ...lock, packages: Object.fromEntries([root, ...sorted]) }, added: added.length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL("../package-lock.json", import.meta.url);
  const completed = completeLock(JSON.parse(readFileSync(file, "utf8")));
  writeFileSync(file, `${JSON.stringify(completed.lock, null, 2)}\n`);
  console.log(`package-lock.json: ${completed.added} absent platform packages added`);
}
