/** One producer, one consumer: lets a single pass over a source feed several files. */

/** A sequence that is filled while it is read. The producer waits for the consumer, so at most one item is held. */
export interface Channel<T> extends AsyncIterable<T> {
  /** Resolves when the consumer has taken the item; rejects when it has stopped reading. */
  push(item: T): Promise<void>;
  /** Ends the sequence; with a cause, the consumer's reading throws it. */
  end(cause?: unknown): void;
}

/** An empty channel. */
export function createChannel<T>(): Channel<T> {
  let ended: { readonly cause: unknown } | undefined;
  let closed = false;
  const waiting: {
    readonly item: T;
    readonly taken: () => void;
    readonly refused: (cause: Error) => void;
  }[] = [];
  let wake: () => void = () => undefined;

  async function* read(): AsyncGenerator<T> {
    try {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) {
          next.taken();
          yield next.item;
        } else if (ended !== undefined) {
          if (ended.cause !== undefined) throw ended.cause;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      closed = true;
      for (const { refused } of waiting.splice(0)) refused(stopped());
    }
  }

  return {
    push: (item) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(stopped());
        waiting.push({ item, taken: resolve, refused: reject });
        wake();
      }),
    end(cause) {
      ended = { cause };
      wake();
    },
    [Symbol.asyncIterator]: read,
  };
}

function stopped(): Error {
  return new Error("the reader of this channel has stopped");
}
