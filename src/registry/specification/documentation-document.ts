import type { NewDocument } from "../service-documents.ts";

export function documentationDocument(content: Uint8Array | undefined): NewDocument | undefined {
  return content && { type: "docs", fileName: "content.json", content };
}
