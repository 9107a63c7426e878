/** One turn of a dialogue. The content is the text that the model reads or writes, unchanged. */
export interface Message {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
}
