import { goJson } from "../http/go-json.ts";
import { rawJson } from "./raw-json.ts";

/** A document as an answer embeds it. */
export interface EmbeddedContent {
  /** Of a large one in UTF-8. Where the document is no JSON, it is a string that has its text. */
  readonly json: string | Uint8Array;
  readonly isJson: boolean;
}

export function embeddedContent({
  buffer,
  byteOffset,
  byteLength,
}: Uint8Array): EmbeddedContent & { readonly json: string } {
  const content = Buffer.from(buffer, byteOffset, byteLength);
  const text = content.toString();
  const json = rawJson(text);
  return { json: json ?? goJson(text), isJson: json !== undefined };
}
