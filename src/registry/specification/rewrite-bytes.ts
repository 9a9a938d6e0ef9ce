import { isUtf8 } from "node:buffer";
import { rewriteSpecification } from "./rewrite-specification.ts";
import type { Rewriting } from "./rewriting.ts";

/** As `rewriteSpecification`; what is not UTF-8 stays as it is, to the last byte. */
export function rewriteBytes(content: Uint8Array, rewriting: Rewriting): Uint8Array {
  if (!isUtf8(content)) return content;
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8");
  const rewritten = rewriteSpecification(text, rewriting);
  return rewritten === text ? content : Buffer.from(rewritten);
}
