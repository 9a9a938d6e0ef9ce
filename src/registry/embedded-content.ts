import { goJson } from "../http/go-json.ts";
import { rawJson } from "./raw-json.ts";

/** A document as an answer embeds it. */
export interface EmbeddedContent {
  /** UTF-8. Where the document is no JSON, a string that has its text. */
  readonly json: Uint8Array;
  readonly isJson: boolean;
}

export function embeddedContent({ buffer, byteOffset, byteLength }: Uint8Array): EmbeddedContent {
  const content = Buffer.from(buffer, byteOffset, byteLength);
  const text = content.toString();
  const json = rawJson(text);
  return { json: Buffer.from(json ?? goJson(text)), isJson: json !== undefined };
}
