/** For tests: a server provider on the second generation of OFREP's core, which the only published one does not work with yet. */
import { createRequire } from "node:module";
import type { JsonValue, Provider, ResolutionDetails } from "@openfeature/server-sdk";

/** What we use of @openfeature/ofrep-core 2.3.0: the web provider brings it along, beside the 0.1.4 that the server provider asks for. */
interface CoreTwo {
  readonly OFREPApi: new (options: CoreOptions) => {
    readonly postEvaluateFlag: (key: string, request: { readonly context: object }) => Promise<CoreAnswer>;
  };
  readonly handleEvaluationError: <T>(value: unknown, defaultValue: T) => ResolutionDetails<T>;
  readonly toResolutionDetails: <T>(value: unknown, defaultValue: T) => ResolutionDetails<T>;
}

interface CoreOptions {
  readonly baseUrl: string;
  readonly headers: readonly (readonly [string, string])[];
}

interface CoreAnswer {
  readonly httpStatus: number;
  readonly value: unknown;
}

/** As upstream means to do it. @see https://github.com/open-feature/js-sdk-contrib/pull/1411 */
export function coreTwoProvider(options: CoreOptions): Provider {
  const provider = createRequire(import.meta.url).resolve("@openfeature/ofrep-web-provider/package.json");
  const core: CoreTwo = createRequire(provider)("@openfeature/ofrep-core");
  const api = new core.OFREPApi(options);
  const evaluate = async <T>(key: string, defaultValue: T, context: object): Promise<ResolutionDetails<T>> => {
    const { httpStatus, value } = await api.postEvaluateFlag(key, { context });
    return httpStatus === 200
      ? core.toResolutionDetails(value, defaultValue)
      : core.handleEvaluationError(value, defaultValue);
  };
  return {
    metadata: { name: "OFREP on core 2" },
    runsOn: "server",
    resolveBooleanEvaluation: evaluate,
    resolveStringEvaluation: evaluate,
    resolveNumberEvaluation: evaluate,
    resolveObjectEvaluation: <T extends JsonValue>(key: string, defaultValue: T, context: object) =>
      evaluate(key, defaultValue, context),
  };
}
