import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DASHBOARD_PAGES, problemSchema } from "@ratchet/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../create-app.ts";
import { context, open } from "../memory-app.fixture.ts";

let directory: string;
let app: ReturnType<typeof createApp>;
beforeAll(async () => {
  await open();
  directory = await mkdtemp(join(tmpdir(), "ratchet-dashboard-"));
  await mkdir(join(directory, "assets"));
  await writeFile(join(directory, "index.html"), "<!doctype html><title>The page</title>");
  await writeFile(join(directory, "assets", "main-1.js"), "1;");
  await writeFile(join(directory, "icon.svg"), "<svg/>");
  app = createApp(context, { dashboard: directory });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const get = async (path: string): Promise<Response> => app.request(`http://localhost:4600${path}`);

describe("the dashboard", () => {
  it.each([
    ...DASHBOARD_PAGES.map((path) => path.replaceAll(/\{\w+\}/gu, "x-1")),
    "/changes/",
    "/results?source=import:mails",
    "/decisions/dec_a%2Fb",
  ])("answers %s with its page", async (path) => {
    const response = await get(path);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("The page")]);
  });
  it("serves its files, the hashed ones for ever", async () => {
    const asset = await get("/assets/main-1.js");
    expect([asset.status, asset.headers.get("cache-control")]).toEqual([200, expect.stringContaining("immutable")]);
    expect((await get("/icon.svg")).status).toBe(200);
  });
  it.each([
    "/metrics",
    "/v1",
    "/v1/nothing",
    "/v2/signals",
    "/foo.json",
    "/robots.txt",
    "/assets/none.js",
    "/changes/a/b",
    "/index.html",
    "/.env",
    "/%2e%2e/secret",
    "//changes",
  ])("leaves %s alone: whoever asks is told that nothing is there", async (path) => {
    const response = await get(path);
    expect([response.status, response.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect(problemSchema.parse(await response.json()).code).toBe("request.not_found");
  });
});

it("says how the dashboard is built where it was not, on its pages alone", async () => {
  const unbuilt = createApp(context, { dashboard: join(directory, "none") });
  expect(await (await unbuilt.request("http://localhost:4600/")).text()).toContain("npm run build");
  expect((await unbuilt.request("http://localhost:4600/metrics")).status).toBe(404);
});
