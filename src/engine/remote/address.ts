/** Checks of a server's address and key, before anything is sent; neither check ever shows a secret. */
import { ConfigError } from "../../spec/index.js";

/**
 * @param engine For the message.
 * @throws ConfigError unless it is an http(s) address without a name and password, query or fragment: these would be
 * written into run directories and messages
 */
export function checkAddress(url: string, engine: string, example: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    const message = `The ${engine} engine's url is ${url}, but must be an address such as ${example}.`;
    throw new ConfigError(message, { url });
  }
  const { username, password, search, hash, host } = parsed;
  if (username + password + search + hash === "") return;
  const message = `The ${engine} engine's url at ${host} has a name, password, query or fragment. Leave it out: keys are given by environment variables, because the address is written into the run's directory.`;
  throw new ConfigError(message, { host });
}

/** @throws ConfigError for a key that cannot stand in a header */
export function checkKey(key: string | undefined, engine: string): void {
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return;
  throw new ConfigError(
    `The ${engine} engine's API key holds a space, a line break or another character that keys do not have. Set it again, without quotes and without a final line break.`,
  );
}

const HIDDEN = Buffer.from("[key]");
/** Bytes of an answer up to which it is searched: what servers say of a failure is short. */
const LONGEST_MESSAGE = 64 * 1024;

/** The bytes of an answer with the secret taken out, in case a server says it back. */
export function withoutSecret(bytes: Uint8Array, secret: string | undefined): Uint8Array {
  if (secret === undefined || bytes.length > LONGEST_MESSAGE) return bytes;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.includes(secret)) return bytes;
  return Buffer.from(buffer.toString("latin1").replaceAll(secret, HIDDEN.toString("latin1")), "latin1");
}
