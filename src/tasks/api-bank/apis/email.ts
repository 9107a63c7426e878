/** Mail. */
import type { ApiDefinition, Input } from "../api.js";
import { all, asText, outcome, reads, same } from "../check.js";
import { raise } from "../python/error.js";
import { foldName, strip, wordCharacter } from "../python/text.js";
import type { PythonValue } from "../python/value.js";

const trimmed = asText(strip);

export const emailApi: ApiDefinition = {
  name: "SendEmail",
  required: ["receiver", "subject", "content"],
  run: sendEmail,
  check: all(
    reads("receiver", "subject", "content"),
    same("receiver", asText(foldName)),
    same("subject", trimmed),
    same("content", trimmed),
    outcome,
  ),
};

function sendEmail(input: Input): PythonValue {
  if (!isAddress(strip(input.text("receiver")))) raise("Email address of the receiver is invalid.");
  if (strip(input.text("subject")) === "") raise("Subject cannot be empty.");
  if (strip(input.text("content")) === "") raise("Content cannot be empty.");
  return "success";
}

const address = new RegExp(`^([a-z0-9._]+)@[${wordCharacter}]+\\.[${wordCharacter}]{2,3}$`, "u");

/** Small letters and digits, at most one "." or "_" between them, two characters at least; one "." in the domain. */
function isAddress(text: string): boolean {
  const local = address.exec(text)?.[1];
  if (local === undefined) return false;
  const parts = local.split(/[._]/);
  return parts.length <= 2 && parts.every((part) => part !== "") && local.length > 1;
}
