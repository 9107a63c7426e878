/** Text of a model or of imported data: as a text node, isolated from the direction of what is around it. */
import type { ClippedText } from "../report-data.js";
import { count, visible } from "./format.js";

/** The text inside a line. */
export function ModelText({ text }: { readonly text: ClippedText }) {
  return (
    <bdi class="model">
      {visible(text.head)}
      {text.omitted > 0 && <span class="omitted"> … {count(text.omitted)} characters not shown … </span>}
      {visible(text.tail)}
    </bdi>
  );
}

/** The text as a block with its line breaks. */
export function ModelBlock({ text }: { readonly text: ClippedText }) {
  return (
    <pre class="block">
      <ModelText text={text} />
    </pre>
  );
}
