import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ["@ratchet/source", ...defaultClientConditions] },
  build: { outDir: "dist/app", emptyOutDir: true, target: "es2022" },
  // `npm run dev` serves the screens with hot reload against a server that `npm start` runs.
  server: { proxy: { "/v1": "http://127.0.0.1:4600" } },
});
