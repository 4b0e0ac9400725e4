import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// A service worker must lie at the root, under a name that stays.
const serviceWorker = at("./src/device/service-worker.ts");

/** Where `npm run dev` finds the coordinator that answers its requests. */
const coordinator = process.env["MOTLEY_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  worker: { format: "es" },
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    // Icons too are files: the pages allow no data in styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        index: at("./index.html"),
        ...(existsSync(serviceWorker) ? { "service-worker": serviceWorker } : {}),
      },
      output: {
        entryFileNames: (chunk) =>
          chunk.name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js",
      },
    },
  },
  server: {
    proxy: {
      "/v1": {
        target: coordinator,
        changeOrigin: true,
        ws: true,
        // The coordinator refuses pages of another origin; this one is its own, as it were.
        configure: (proxy) => {
          proxy.on("proxyReq", (request) => request.setHeader("origin", coordinator));
          proxy.on("proxyReqWs", (request) => request.setHeader("origin", coordinator));
        },
      },
    },
  },
});
