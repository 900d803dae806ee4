import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds a hub's gateway.
const hub = process.env.RELIEF_GATEWAY ?? "http://127.0.0.1:8088";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": hub, "/session": hub } },
  build: {
    target: "chrome100", // the oldest engine of the browsers that offices run
    assetsInlineLimit: 0, // a strict content security policy: no data: scripts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  // No test is judged by its time: a busy machine may take long.
  test: { environment: "jsdom", testTimeout: 300_000, include: ["src/**/*.test.{ts,tsx}", "*.test.mjs"] },
});
