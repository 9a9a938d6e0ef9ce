import type { Finding } from "../finding.ts";
import { limits } from "./limits.ts";
import { shortText } from "./short-text.ts";

/** A finding whose line is looked up later, when all of a document are known. */
export function found(severity: Finding["severity"], path: string, message: string): Finding {
  return { severity, path, line: undefined, message: shortText(message, limits.message) };
}
