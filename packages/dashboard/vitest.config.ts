import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The browser tests by themselves: `npx vitest run --config packages/dashboard/vitest.config.ts`. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  resolve: { conditions: ["@ratchet/source"] },
  ssr: { resolve: { conditions: ["@ratchet/source", "node", "import", "module", "default"] } },
  test: { include: ["test/**/*.test.ts"], pool: "forks", testTimeout: 30_000, hookTimeout: 120_000 },
});
