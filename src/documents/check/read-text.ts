import { isUtf8 } from "node:buffer";
import type { Finding } from "../finding.ts";

export interface ReadText {
  readonly text: string;
  /** Line of the first bytes that are no UTF-8. */
  readonly damage: Finding | undefined;
}

const utf8 = new TextDecoder("utf-8");

/**
 * Bytes → text. UTF-16 is recognised by its byte order mark, which tools on Windows write before XML.
 * undefined for what is no text at all.
 */
export function readText(content: Uint8Array): ReadText | undefined {
  const [first, second] = content;
  if (first === 0xff && second === 0xfe) return intact(new TextDecoder("utf-16le").decode(content));
  if (first === 0xfe && second === 0xff) return intact(new TextDecoder("utf-16be").decode(content));
  if (content.includes(0)) return undefined;
  const text = utf8.decode(content);
  return isUtf8(content) ? intact(text) : { text, damage: damageOf(text) };
}

function intact(text: string): ReadText {
  return { text, damage: undefined };
}

function damageOf(text: string): Finding {
  const line = text.slice(0, text.indexOf("\uFFFD")).split("\n").length;
  return { severity: "error", path: "", line, message: "The text is not UTF-8 (RFC 8259 section 8.1)." };
}
