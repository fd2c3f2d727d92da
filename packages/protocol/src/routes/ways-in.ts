import { ACCESS, type Access } from "../access.ts";

/** A route whose shape somebody else's protocol gives: `{name}` in its path is a parameter, a `*` at its end anything. */
export interface WayIn {
  readonly methods: readonly ("GET" | "POST" | "DELETE")[];
  readonly path: `/${string}`;
  readonly access: Access;
}

const segment = { methods: ["POST"], access: ACCESS.source } as const;

/** Every route that is not in `ROUTES`. What is in neither table is no route: a test holds the server to it. */
export const WAYS_IN = {
  segmentBatch: { ...segment, path: "/v1/batch" },
  segmentTrack: { ...segment, path: "/v1/track" },
  segmentIdentify: { ...segment, path: "/v1/identify" },
  segmentPage: { ...segment, path: "/v1/page" },
  segmentScreen: { ...segment, path: "/v1/screen" },
  segmentGroup: { ...segment, path: "/v1/group" },
  segmentAlias: { ...segment, path: "/v1/alias" },
  segmentT: { ...segment, path: "/v1/t" },
  segmentI: { ...segment, path: "/v1/i" },
  segmentP: { ...segment, path: "/v1/p" },
  segmentS: { ...segment, path: "/v1/s" },
  segmentG: { ...segment, path: "/v1/g" },
  segmentA: { ...segment, path: "/v1/a" },
  /** How the browser client itself is doing: nothing in it is read or kept. */
  segmentMetrics: { methods: ["POST"], path: "/v1/m", access: ACCESS.open },
  segmentSettings: { methods: ["GET"], path: "/v1/projects/{key}/settings", access: ACCESS.source },
  cloudEvents: { methods: ["POST"], path: "/v1/events", access: ACCESS.source },
  hooks: { methods: ["POST"], path: "/hooks/{vendor}/{source_id}", access: ACCESS.source },
  /** OpenFeature: asking what to do, as flags. */
  ofrepFlag: { methods: ["POST"], path: "/ofrep/v1/evaluate/flags/{key}", access: ACCESS.decide },
  ofrepFlags: { methods: ["POST"], path: "/ofrep/v1/evaluate/flags", access: ACCESS.decide },
  /** MCP, for agents: each tool says for itself who may use it. */
  mcp: { methods: ["GET", "POST", "DELETE"], path: "/mcp", access: ACCESS.mcp },
  /** Signing in elsewhere (OpenID Connect): a browser is sent there, and comes back. */
  signInElsewhere: { methods: ["GET"], path: "/v1/session/elsewhere", access: ACCESS.open },
  backFromElsewhere: { methods: ["GET"], path: "/v1/session/elsewhere/callback", access: ACCESS.open },
  dashboardAssets: { methods: ["GET"], path: "/assets/*", access: ACCESS.open },
  dashboardFiles: { methods: ["GET"], path: "/{file}", access: ACCESS.open },
  dashboard: { methods: ["GET"], path: "/*", access: ACCESS.open },
} as const satisfies Readonly<Record<string, WayIn>>;
