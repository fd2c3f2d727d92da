import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientProblem, RatchetError } from "./ratchet-error.ts";
import { delayAfter, mayPass, withRetries, type RetryPolicy, type Surroundings } from "./retries.ts";

const POLICY: RetryPolicy = { attemptsMax: 4, baseMs: 100, delayMsMax: 1000 };

function failed(status: number, retryAfterMs: number | null = null, code = "server.failed"): RatchetError {
  return new RatchetError({ ...clientProblem(code, "", "failed"), status }, undefined, retryAfterMs);
}

/** A world whose time goes by only while somebody waits. */
function world(random = 0): Surroundings & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    now: () => waits.reduce((sum, ms) => sum + ms, 0),
    random: () => random,
    wait: async (ms) => {
      waits.push(ms);
    },
  };
}

describe("what may pass", () => {
  it.each([
    [500, true],
    [502, true],
    [503, true],
    [599, true],
    [429, true],
    [408, true],
    [400, false],
    [401, false],
    [404, false],
    [409, false],
  ])("%i: %s", (status, passes) => {
    expect(mayPass(failed(status))).toBe(passes);
  });
  it("is not what the caller gave up, nor an error of another kind", () => {
    expect(mayPass(failed(599, null, "client.aborted"))).toBe(false);
    expect(mayPass(new TypeError("x"))).toBe(false);
  });
});

describe("the delay", () => {
  it("doubles, at random between half of it and all of it, up to its maximum", () => {
    const between = (random: number) => [1, 2, 3, 4, 5, 6].map((n) => delayAfter(n, failed(503), POLICY, random));
    expect(between(0)).toEqual([50, 100, 200, 400, 500, 500]);
    expect(between(1)).toEqual([100, 200, 400, 800, 1000, 1000]);
  });
  it("is never shorter than the server asked for", () => {
    const law = (failures: number, asked: number, random: number): void => {
      expect(delayAfter(failures, failed(503, asked), POLICY, random)).toBeGreaterThanOrEqual(asked);
    };
    const random = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(1e9), random, law));
  });
});

describe("trying again", () => {
  it("ends with the first success", async () => {
    const around = world();
    let tries = 0;
    const attempt = async () => {
      tries += 1;
      if (tries < 3) throw failed(503);
      return "done";
    };
    expect(await withRetries(attempt, { policy: POLICY, until: 10_000, around })).toBe("done");
    expect(around.waits).toEqual([50, 100]);
  });
  it("ends with the last failure after so many tries, and at once with one that is for good", async () => {
    const around = world();
    const trying = (error: unknown) =>
      withRetries(() => Promise.reject(error), { policy: POLICY, until: 10_000, around }).catch(
        (caught: unknown) => caught,
      );
    const busy = failed(503);
    expect(await trying(busy)).toBe(busy);
    expect(around.waits).toHaveLength(3);
    const wrong = failed(400);
    expect(await trying(wrong)).toBe(wrong);
    expect(around.waits).toHaveLength(3);
  });
  it("does not wait beyond its time: what asks for longer is answered at once", async () => {
    const around = world();
    const attempt = () => Promise.reject(failed(503, 5000));
    await expect(withRetries(attempt, { policy: POLICY, until: 300, around })).rejects.toThrow("failed");
    expect(around.waits).toEqual([]);
  });
  it("tells each try how long is left", async () => {
    const around = world();
    const left: number[] = [];
    const attempt = async (ms: number) => {
      left.push(ms);
      throw failed(503);
    };
    await expect(withRetries(attempt, { policy: POLICY, until: 300, around })).rejects.toThrow("failed");
    expect(left).toEqual([300, 250, 150]);
  });
});
