/** What a tree or a pair is about: the user's request, the gold response, and the whole prompt folded away. */
import type { ClippedText } from "../report-data.js";
import { visible } from "./format.js";
import { ModelBlock, ModelText } from "./model-text.js";

/** The head of a card. */
export function ExampleHead(props: {
  readonly exampleId: string;
  readonly prompt: ClippedText;
  readonly request: ClippedText | undefined;
  readonly gold: ClippedText | undefined;
}) {
  const { exampleId, prompt, request, gold } = props;
  return (
    <>
      <p class="row-id">{visible(exampleId)}</p>
      <dl class="example">
        {request !== undefined && (
          <>
            <dt>Request</dt>
            <dd>
              <ModelText text={request} />
            </dd>
          </>
        )}
        {gold !== undefined && (
          <>
            <dt>Gold answer</dt>
            <dd>
              <ModelText text={gold} />
            </dd>
          </>
        )}
      </dl>
      <details>
        <summary>The whole prompt</summary>
        <ModelBlock text={prompt} />
      </details>
    </>
  );
}
