import type { DocumentType } from "../document.ts";
import type { SearchedDocument } from "../../stores/search-index.ts";
import { lines } from "./text-lines.ts";

/** A document of a service, as far as it is known. */
export interface SearchedContent {
  readonly application: string;
  /** Of the service. */
  readonly displayName: string;
  readonly type: DocumentType;
  readonly version: string;
  /** What the document says of itself; see CheckedDocument. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Texts of its pages. */
  readonly pages: readonly string[];
}

/** Members that are sentences; the others are names of operations, channels, entities and the like. */
const PROSE = new Set(["title", "description", "version", "summaries"]);

export function searchedContent(content: SearchedContent): SearchedDocument {
  const { application, displayName, type, version, metadata, pages } = content;
  const { title, description, version: declared, summaries } = metadata;
  const names = Object.entries(metadata).flatMap(([member, value]) =>
    PROSE.has(member) ? [] : texts(value),
  );
  return {
    application,
    kind: type,
    title: texts(title)[0] || displayName,
    names: lines([displayName, ...names]),
    text: lines([...texts(description), ...texts(declared), ...texts(summaries), ...pages]),
    version,
  };
}

/** All texts within a value that came from a check, which has bounded its depth. */
function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(texts);
  return [];
}
