import type { CheckedDocument } from "../../../../src/documents/checked-document.ts";
import { checkDocument } from "../../../../src/documents/check/check-document.ts";
import type { DocumentType, NewDocument } from "../../../../src/documents/document.ts";

/** A document of a text, or of the JSON of anything else. */
export function newDocument(type: DocumentType, fileName: string, content: unknown): NewDocument {
  if (content instanceof Uint8Array) return { type, fileName, content };
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { type, fileName, content: Buffer.from(text) };
}

export function checkAs(type: DocumentType, fileName: string, content: unknown): CheckedDocument {
  return checkDocument(newDocument(type, fileName, content));
}

/** Findings as `severity path:line message`. */
export function said({ findings }: CheckedDocument): readonly string[] {
  return findings.map(({ severity, path, line, message }) => `${severity} ${path}:${line ?? "?"} ${message}`);
}
