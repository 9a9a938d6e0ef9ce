import { createHash } from "node:crypto";
import type { CheckedDocument } from "./checked-document.ts";
import type { NewDocument } from "./document.ts";
import type { CheckDocument } from "./documents-context.ts";
import type { Finding } from "./finding.ts";

/** What would be said of a document that is kept nowhere. */
export interface DocumentReport {
  readonly type: NewDocument["type"];
  readonly fileName: string;
  /** SHA-256 in lower-case hex. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  readonly phase: CheckedDocument["outcome"]["phase"];
  /** Of registry spec §9.2. */
  readonly reason: CheckedDocument["outcome"]["reason"];
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/** Checks a document without keeping it. */
export async function documentReport(document: NewDocument, check: CheckDocument): Promise<DocumentReport> {
  const { type, fileName, content } = document;
  const { outcome, findings } = await check(document);
  return {
    type,
    fileName,
    hash: createHash("sha256").update(content).digest("hex"),
    size: content.length,
    phase: outcome.phase,
    reason: outcome.reason,
    findings,
  };
}
