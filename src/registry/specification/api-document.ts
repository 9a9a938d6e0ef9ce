import type { NewDocument } from "../service-documents.ts";
import { isOData } from "./is-odata.ts";

/** A specification as a document, with the file name that says its format (registry spec §7). */
export function apiDocument(content: Uint8Array, apiType: string): NewDocument {
  if (!isOData(apiType)) return { type: "openapi", fileName: "apiSpec.json", content };
  return { type: "odata", fileName: isXml(content) ? "odata.xml" : "odata.json", content };
}

function isXml(content: Uint8Array): boolean {
  const head = content.subarray(0, 512);
  const opening = head.indexOf(0x3c);
  return opening >= 0 && opening < head.indexOf(0x3e);
}
