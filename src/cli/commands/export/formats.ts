/** The formats that a policy can be exported to. A further format is a further row of the table. */
import type { ExportFormat } from "./export-format.js";
import { exportMerged } from "./merged.js";
import { exportPeft } from "./peft.js";

/** By the name that `--format` takes. */
export const EXPORT_FORMATS = {
  peft: {
    summary: "the adapter as the peft library loads it",
    writesWeights: false,
    write: exportPeft,
  },
  merged: {
    summary: "the whole model with the adapter in it, as a Hugging Face folder",
    writesWeights: true,
    write: exportMerged,
  },
} as const satisfies Readonly<Record<string, ExportFormat>>;

/** Name of a format. */
export type ExportFormatName = keyof typeof EXPORT_FORMATS;
