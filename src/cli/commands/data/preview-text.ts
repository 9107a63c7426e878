/** A previewed row as text: every token visible, the trained ones marked. */
import { type PreviewToken, previewTitle, type RowPreview } from "./preview.js";
import { visible } from "./visible.js";

/** How a preview is written. */
export interface PreviewStyle {
  /** ANSI colour and underline for trained tokens; otherwise they stand in ⟦ ⟧. */
  readonly styled: boolean;
  /** Adds a table of position, id, mark and text of every token. */
  readonly ids: boolean;
}

const boundary = "\u00b7";
const sequence = "\u001b[";

/** Header, then the token sequence with a middle dot between tokens, then the table of ids where it is asked for. */
export function renderPreview(preview: RowPreview, { styled, ids }: PreviewStyle): string {
  const body = runs(preview.tokens)
    .map((run) => renderRun(run, styled))
    .join(styled ? boundaryOf(true) : boundary);
  return [header(preview), legend(styled), "", body, ...(ids ? ["", idTable(preview.tokens)] : [])].join(
    "\n",
  );
}

function header(preview: RowPreview): string {
  const { title, notes } = previewTitle(preview);
  return [title, ...notes].map(visible).join("\n");
}

function legend(styled: boolean): string {
  return styled
    ? `${boundary} separates tokens; ${mark("trained tokens")} are underlined`
    : `${boundary} separates tokens; trained tokens stand in ⟦ ⟧`;
}

/** Consecutive tokens of one kind. */
function runs(tokens: readonly PreviewToken[]): readonly (readonly PreviewToken[])[] {
  const all: PreviewToken[][] = [];
  for (const token of tokens) {
    const last = all.at(-1);
    if (last?.[0]?.trained === token.trained) last.push(token);
    else all.push([token]);
  }
  return all;
}

function renderRun(run: readonly PreviewToken[], styled: boolean): string {
  const trained = run[0]?.trained === true;
  const texts = run.map((token) => visible(token.text).replaceAll("\n", "⏎\n"));
  if (!styled) return trained ? `⟦${texts.join(boundary)}⟧` : texts.join(boundary);
  return texts.map((text) => (trained ? mark(text) : text)).join(boundaryOf(true));
}

function boundaryOf(styled: boolean): string {
  return styled ? `${sequence}2m${boundary}${sequence}22m` : boundary;
}

function mark(text: string): string {
  return `${sequence}4;32m${text}${sequence}24;39m`;
}

function idTable(tokens: readonly PreviewToken[]): string {
  const width = String(tokens.length).length;
  const idWidth = Math.max(...tokens.map((token) => String(token.id).length));
  return tokens
    .map(
      ({ id, text, trained }, position) =>
        `${String(position).padStart(width)}  ${String(id).padStart(idWidth)}  ${trained ? "*" : " "}  ${JSON.stringify(visible(text))}`,
    )
    .join("\n");
}
