import { isUtf8 } from "node:buffer";
import { rewriteSpecification } from "./rewrite-specification.ts";
import type { Rewriting } from "./rewriting.ts";

/** As `rewriteSpecification`; what is not UTF-8 stays as it is, to the last byte. */
export function rewriteBytes(content: Uint8Array, rewriting: Rewriting): Uint8Array {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (!namesVersion(bytes, rewriting) || !isUtf8(content)) return content;
  const text = bytes.toString("utf8");
  const rewritten = rewriteSpecification(text, rewriting);
  return rewritten === text ? content : Buffer.from(rewritten);
}

/** Whether anywhere in it is what rewriting asks for, in plain letters or perhaps in escapes of JSON or YAML. */
function namesVersion(bytes: Buffer, { rewriteOpenApi3 }: Rewriting): boolean {
  return bytes.includes("swagger") || (rewriteOpenApi3 && bytes.includes("openapi")) || bytes.includes("\\");
}
