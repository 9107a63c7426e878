/** Passes in JSON: what SkyRL speaks, and what the hosted service spoke first. */
import { z } from "zod";
import { type JsonObject, ServerError } from "../../spec/index.js";
import { type HttpAnswer, jsonOf } from "../remote/http.js";
import type { Codec, Datum, EncodedPass, PassRequest, PassResult, ServerSample } from "./codec.js";
import { isProtobuf } from "./futures.js";

/** The codec. */
export const jsonCodec: Codec = {
  accept: "application/json",
  encodePass,
  sizeOf: ({ input, floats }) =>
    input.length * (2 * BYTES_OF_TOKEN + Object.keys(floats).length * BYTES_OF_FLOAT),
  decodePass,
  decodeSamples,
};

/** A token id with its comma; a float32 in the digits of a double. */
const BYTES_OF_TOKEN = 7;
const BYTES_OF_FLOAT = 12;

function encodePass(request: PassRequest): EncodedPass {
  const { modelId, sequenceNumber, forwardOnly, loss, lossConfig, data } = request;
  const input = { loss_fn: loss, loss_fn_config: lossConfig ?? null, data: data.map(jsonDatum) };
  const body = {
    model_id: modelId,
    seq_id: sequenceNumber,
    [forwardOnly ? "forward_input" : "forward_backward_input"]: input,
  };
  return {
    path: forwardOnly ? "forward" : "forward_backward",
    body: new TextEncoder().encode(JSON.stringify(body)),
    contentType: "application/json",
  };
}

function jsonDatum({ input, targets, floats }: Datum): JsonObject {
  const tensors = Object.entries(floats).map(([name, data]) => [name, tensor("float32", Array.from(data))]);
  return {
    model_input: { chunks: [{ type: "encoded_text", tokens: [...input] }] },
    loss_fn_inputs: { target_tokens: tensor("int64", [...targets]), ...Object.fromEntries(tensors) },
  };
}

function tensor(dtype: string, data: number[]): JsonObject {
  return { data, dtype, shape: [data.length] };
}

/** JSON has no NaN: servers write null. */
const numbersSchema = z
  .array(z.number().nullable())
  .transform((values) => Float32Array.from(values, (value) => value ?? Number.NaN));
const metricsSchema = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((metrics) => numbersOf(metrics ?? {}));
const passSchema = z.looseObject({
  loss_fn_outputs: z.array(z.looseObject({ logprobs: z.looseObject({ data: numbersSchema }) })),
  metrics: metricsSchema,
});
const samplesSchema = z.looseObject({
  sequences: z.array(
    z.looseObject({
      stop_reason: z.string().nullish(),
      tokens: z.array(z.int()),
      logprobs: numbersSchema.nullish(),
    }),
  ),
});

function decodePass(answer: HttpAnswer): PassResult {
  const { loss_fn_outputs, metrics } = parseResult(passSchema, answer);
  return { logprobs: loss_fn_outputs.map(({ logprobs }) => logprobs.data), metrics };
}

function decodeSamples(answer: HttpAnswer): readonly ServerSample[] {
  return parseResult(samplesSchema, answer).sequences.map(({ stop_reason, tokens, logprobs }) => ({
    stopped: stop_reason === "stop",
    tokens,
    logprobs: logprobs ?? undefined,
  }));
}

/** A result of the given shape. @throws ServerError where it has another, or is written in protobuf */
export function parseResult<T>(schema: z.ZodType<T>, answer: HttpAnswer): T {
  if (isProtobuf(answer)) {
    const message =
      "The server answers in protobuf, and this client was told to speak JSON. Set engine.codec to protobuf.";
    throw new ServerError(message, { contentType: answer.headers.get("content-type") });
  }
  const result = schema.safeParse(jsonOf(answer));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.map(String).join(".") || "the result";
  const message = `A result of the server is not what the API says: ${field}: ${issue?.message}.`;
  throw new ServerError(message, { field });
}

/** The entries that are numbers; null is NaN. */
function numbersOf(metrics: Readonly<Record<string, unknown>>): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value === "number") numbers[name] = value;
    else if (value === null) numbers[name] = Number.NaN;
  }
  return numbers;
}
