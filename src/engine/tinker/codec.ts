/** How passes over the model are written and their results read; everything else of the API is plain JSON. */
import type { HttpAnswer } from "../remote/http.js";

/** One sequence as the API wants it: position i of every array concerns predicting `targets[i]`. */
export interface Datum {
  readonly input: readonly number[];
  readonly targets: readonly number[];
  /** Further loss inputs by name, e.g. `weights`, each as long as `targets`. */
  readonly floats: Readonly<Record<string, Float32Array>>;
}

/** One `forward` or `forward_backward`. */
export interface PassRequest {
  readonly modelId: string;
  readonly sequenceNumber: number;
  readonly forwardOnly: boolean;
  readonly loss: string;
  readonly lossConfig?: Readonly<Record<string, number>>;
  readonly data: readonly Datum[];
}

/** A request's path and body. */
export interface EncodedPass {
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** What a pass gave. */
export interface PassResult {
  /** One array per datum, NaN where the server has no number. */
  readonly logprobs: readonly Float32Array[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** One sample as the server gives it. */
export interface ServerSample {
  readonly stopped: boolean;
  readonly tokens: readonly number[];
  /** `undefined` where the server gives none. */
  readonly logprobs: Float32Array | undefined;
}

/** A way to write passes. */
export interface Codec {
  /** For the header `Accept`. */
  readonly accept: string;
  encodePass(request: PassRequest): EncodedPass;
  /** About how many bytes a datum takes in a request. */
  sizeOf(datum: Datum): number;
  /** @throws ServerError where the answer is not what it must be */
  decodePass(answer: HttpAnswer): PassResult;
  /** @throws ServerError where the answer is not what it must be */
  decodeSamples(answer: HttpAnswer): readonly ServerSample[];
}
