import { isPlainObject, ownValue } from "../../core/plain-object.ts";
import type { AssetStatus } from "../../core/resources/cluster-asset.ts";
import { itemsOf } from "../check/title-metadata.ts";
import type { DocumentReference } from "../document.ts";
import type { DocumentsContext } from "../documents-context.ts";
import { isCutText } from "../review-outcome.ts";
import type { SearchedContent } from "./searched-content.ts";

/** Bytes of documentation that are read for a search; more would hold up other calls. */
const LONGEST_PAGES = 512 * 1024;

type Content = Pick<SearchedContent, "metadata" | "pages">;

/** What is to be found of a document that has been checked. */
export async function readContent(
  { blobs, check }: Pick<DocumentsContext, "blobs" | "check">,
  document: DocumentReference,
  status: AssetStatus,
): Promise<Content> {
  const shown = status.assetRef?.files?.[0]?.metadata ?? {};
  const isCut = Object.values(shown).some(isCutText);
  if (!isCut && document.type !== "docs") return { metadata: parsed(shown), pages: [] };
  const content = await blobs.get(document.hash);
  if (!content) return { metadata: parsed(shown), pages: [] };
  // A status holds a bounded part of what the check found: hundreds of operations are found anew.
  const metadata = isCut
    ? (await check({ type: document.type, fileName: document.fileName, content })).metadata
    : parsed(shown);
  return { metadata, pages: document.type === "docs" ? pagesOf(content) : [] };
}

/** A status has texts as they are, and anything else as JSON. */
function parsed(shown: Readonly<Record<string, string>>): Content["metadata"] {
  return Object.fromEntries(
    Object.entries(shown).map(([member, text]) => [member, /^[[{]/.test(text) ? parsedText(text) : text]),
  );
}

function parsedText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Texts of the `docs` of a documentation object (registry spec §3). */
function pagesOf(content: Buffer): readonly string[] {
  const root = content.length > LONGEST_PAGES ? undefined : parsedText(content.toString());
  return itemsOf(root, "docs").flatMap((page) => {
    const source = isPlainObject(page) ? ownValue(page, "source") : undefined;
    return typeof source === "string" ? [source] : [];
  });
}
