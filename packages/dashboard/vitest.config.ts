import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** This package alone, its browser tests too: `npx vitest run --config packages/dashboard/vitest.config.ts`. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  resolve: { conditions: ["@ratchet/source"] },
  ssr: { resolve: { conditions: ["@ratchet/source", "node", "import", "module", "default"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
