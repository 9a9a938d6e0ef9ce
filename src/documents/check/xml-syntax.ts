import { XMLValidator } from "fast-xml-parser";
import type { Finding } from "../finding.ts";
import { found } from "./found.ts";
import { declaresDocumentType } from "./xml-prolog.ts";

/** Why a text is not read as XML; undefined where it is well formed and declares no entities. */
export function xmlSyntaxError(text: string): Finding | undefined {
  if (declaresDocumentType(text)) {
    return found("error", "", "The XML has a DOCTYPE, which is refused: it can declare entities.");
  }
  // Its successor is a package of its own; the parser by itself takes XML that is not well formed.
  // oxlint-disable-next-line typescript/no-deprecated
  const result = XMLValidator.validate(text);
  if (result === true) return undefined;
  const { line } = result.err;
  // The validator's own messages quote names of the document, as a finding may.
  return { ...found("error", "", `The text is not XML: ${result.err.msg}`), line };
}
