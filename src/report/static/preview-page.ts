/** Previewed examples as a page: every token, the trained ones marked. */
import { escapeHtml, staticPage } from "./static-page.js";

/** A token as it is shown. */
export interface TokenView {
  readonly id: number;
  readonly text: string;
  readonly trained: boolean;
}

/** An example as it is shown. */
export interface ExampleTokens {
  readonly title: string;
  /** Sentences on it, one a line. */
  readonly notes: readonly string[];
  readonly tokens: readonly TokenView[];
}

/** The page. */
export function renderPreviewPage(title: string, examples: readonly ExampleTokens[]): string {
  const legend =
    '<p class="muted">Every token ends in a dotted line; its number shows when pointed at. <span class="tokens" style="border:0;padding:0"><span class="trained">Marked</span></span> tokens are trained.</p>';
  return staticPage(
    title,
    [`<h1>${escapeHtml(title)}</h1>`, legend, ...examples.map(exampleSection)].join("\n"),
  );
}

function exampleSection({ title, notes, tokens }: ExampleTokens): string {
  const lines = notes.map((note) => `<p class="muted">${escapeHtml(note)}</p>`).join("\n");
  return `<section>\n<h2>${escapeHtml(title)}</h2>\n${lines}\n<div class="tokens">${tokens.map(tokenSpan).join("")}</div>\n</section>`;
}

function tokenSpan({ id, text, trained }: TokenView): string {
  const shown = escapeHtml(text).replaceAll("\n", "⏎\n");
  return `<span class="t${trained ? " trained" : ""}" title="${id}">${shown}</span>`;
}
