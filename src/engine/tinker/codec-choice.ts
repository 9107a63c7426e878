/** Which codec a server understands: found out with the first pass, unless it was said. */
import { ServerError } from "../../spec/index.js";
import type { Codec } from "./codec.js";
import { jsonCodec } from "./json-codec.js";
import { protobufCodec } from "./protobuf-codec.js";
import type { CodecName } from "./tinker-options.js";

/** Statuses of a server that does not read the body's format. */
const NOT_READ = [415, 422];

/** The codec of one server. */
export class CodecChoice {
  /** For the header `Accept`, and to read answers with: unless only JSON is wanted, either is read. */
  readonly reader: Codec;
  #current: Codec;
  #settled: boolean;

  constructor(name?: CodecName) {
    this.#current = name === "json" ? jsonCodec : protobufCodec;
    this.reader = this.#current;
    this.#settled = name !== undefined;
  }

  get current(): Codec {
    return this.#current;
  }

  /** The result of `work`, which is done again with the other codec where the server cannot read the first. */
  async use<T>(work: (codec: Codec) => Promise<T>): Promise<T> {
    const tried = this.#current;
    try {
      const result = await work(tried);
      this.#settled = true;
      return result;
    } catch (error) {
      const status = error instanceof ServerError ? error.facts.status : undefined;
      if (this.#settled || typeof status !== "number" || !NOT_READ.includes(status)) throw error;
      this.#settled = true;
      this.#current = tried === protobufCodec ? jsonCodec : protobufCodec;
      return work(this.#current);
    }
  }
}
