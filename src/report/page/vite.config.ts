/** Builds the report's page into one HTML file without any reference to another: `vite build src/report/page`. */
import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

export default defineConfig({
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  build: {
    target: "es2022",
    outDir: "../../../dist/report",
    emptyOutDir: false,
    rolldownOptions: { input: "page.html" },
  },
});
