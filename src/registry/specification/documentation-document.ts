import { goJson } from "../../http/go-json.ts";
import type { NewDocument } from "../service-documents.ts";
import type { DocumentationRequest } from "../service-request.ts";

/** The documentation as JSON, with the members of registry spec §3 alone; empty lists are left out. */
export function documentationDocument(
  documentation: DocumentationRequest | undefined,
): NewDocument | undefined {
  if (!documentation) return undefined;
  const { displayName, description, type, tags, docs } = documentation;
  const content = {
    displayName,
    description,
    type,
    ...(tags.length > 0 && { tags }),
    ...(docs.length > 0 && {
      docs: docs.map(({ title, type: kind, source }) => ({ title, type: kind, source })),
    }),
  };
  return { type: "docs", fileName: "content.json", content: Buffer.from(goJson(content)) };
}
