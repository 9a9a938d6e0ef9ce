import type { CheckedDocument } from "../checked-document.ts";
import type { Finding } from "../finding.ts";

/** What the check of a format gives; lines and the outcome are added for all formats alike. */
export interface FormatCheck extends Pick<CheckedDocument, "format" | "version" | "metadata"> {
  readonly findings: readonly Finding[];
  readonly converted?: CheckedDocument["converted"];
  /** Why the document could not be converted, where that was needed. */
  readonly refused?: string;
}
