/**
 * Base of every error that this library throws on purpose. A message has three parts: what is wrong, where, what to do.
 * `facts` holds the same as data.
 */
export class IToolError extends Error {
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(message: string, facts: Readonly<Record<string, unknown>> = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.facts = facts;
  }
}
