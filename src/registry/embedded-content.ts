import { isUtf8 } from "node:buffer";
import { goJson } from "../http/go-json.ts";
import { isKnownCompact } from "./compact-content.ts";
import { rawJson } from "./raw-json.ts";

/** A document as an answer embeds it. */
export interface EmbeddedContent {
  /**
   * In UTF-8, and not as a string: an answer that is made of strings leaves garbage of several times its size. Where
   * the document is no JSON, it is a string that has its text.
   */
  readonly json: Uint8Array;
  readonly isJson: boolean;
}

/** The content is kept where it can be embedded as it is, which is what programs mostly send: it must not change. */
export function embeddedContent(content: Uint8Array): EmbeddedContent {
  const { buffer, byteOffset, byteLength } = content;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  if (isKnownCompact(content) && !ESCAPED.some((character) => bytes.includes(character))) {
    return { json: content, isJson: true };
  }
  const text = bytes.toString();
  const json = rawJson(text);
  if (json === text && byteLength === buffer.byteLength && isUtf8(content)) {
    return { json: content, isJson: true };
  }
  return { json: ownBytes(json ?? goJson(text)), isJson: json !== undefined };
}

/** What Go's encoder escapes in strings, and what therefore cannot stay as it is. */
const ESCAPED: readonly string[] = ["<", ">", "&", "\u2028", "\u2029"];

/** Not of Node's pool, which would be kept as a whole for as long as a part of it. */
function ownBytes(text: string): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}
