import { defineConfig } from "vitest/config";

/** Tests read the sources of our own packages, so that no build is needed before them. */
const conditions = ["@ratchet/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions: [...conditions, "node", "import", "module", "default"] } },
  test: {
    include: ["packages/*/src/**/*.test.{ts,tsx}", "packages/*/test/**/*.test.ts", "bench/*.test.mjs", "*.test.ts"],
    setupFiles: ["vitest.setup.ts"],
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
