/** One part of the page: a heading, what one sees in plain words, and the thing itself. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A part of the page that the contents at the top can point to. */
export function Section(props: {
  readonly id: string;
  readonly title: string;
  readonly explanation: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section id={props.id} aria-labelledby={`${props.id}-title`}>
      <h2 id={`${props.id}-title`}>{props.title}</h2>
      <p class="explanation">{props.explanation}</p>
      {props.children}
    </section>
  );
}

/** A table that scrolls sideways by itself where the screen is narrow; its caption stays. */
export function ScrollingTable(props: { readonly caption: string; readonly children: ComponentChildren }) {
  const id = useId();
  return (
    <>
      <p id={id} class="caption">
        {props.caption}
      </p>
      <div class="scroll">
        <table aria-labelledby={id}>{props.children}</table>
      </div>
    </>
  );
}
