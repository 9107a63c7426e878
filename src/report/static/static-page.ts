/** Pages without scripts: one HTML file with its style and pictures inside. Every text is escaped. */

/** Text as HTML: no tag and no entity can arise, and marks that reorder text are shown. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return entities.get(character) ?? `<span class="code">U+${code.toString(16).padStart(4, "0")}</span>`;
  });
}

const entities: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

/** A page. @param title Plain text. @param body HTML whose texts are escaped already. */
export function staticPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Rows of a table; the first is its head, cells are plain text, numbers stand to the right. */
export function htmlTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = (row: readonly (string | number)[]): string =>
    row
      .map((cell) =>
        typeof cell === "number"
          ? `<td class="number">${cell.toLocaleString("en-US")}</td>`
          : `<td>${escapeHtml(cell)}</td>`,
      )
      .join("");
  const titles = head.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join("");
  const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join("\n");
  return `<table>\n<thead><tr>${titles}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1d2430, #e6e9ef); --muted: light-dark(#5c6675, #98a2b3);
  --line: light-dark(#d9dee6, #333b48); --bar: light-dark(#2f6f9f, #6fb1dd); --trained: light-dark(#d8efdc, #1f4a2a); }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: light-dark(#fff, #151a21);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } .muted, figcaption { color: var(--muted); }
table { border-collapse: collapse; } th, td { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: top; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; } svg { width: 100%; height: auto; } svg .bar { fill: var(--bar); } svg text { fill: var(--muted);
  font-size: 11px; } svg line { stroke: var(--line); } .code { color: var(--muted); font-size: .75em; }
.tokens { white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.9 ui-monospace, monospace; border: 1px solid
  var(--line); padding: .8rem; } .tokens span.t { border-right: 1px dotted var(--muted); }
.tokens span.trained { background: var(--trained); font-weight: 600; }
`;
