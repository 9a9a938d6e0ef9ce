import { hash } from "node:crypto";
import type { SearchedDocument } from "../../stores/search-index.ts";

/** Goes up when something else is indexed of the same objects. */
const FORM = 2;

/** With a version that says whether what is indexed is still the same. */
export function searchedVersion(document: Omit<SearchedDocument, "version">): SearchedDocument {
  return { ...document, version: versionOf(document) };
}

/** Of whatever an entry is made from. It is remembered for each, and a part of a text would hold all of it. */
export function versionOf(origin: unknown): string {
  return hash("sha256", JSON.stringify([FORM, origin]), "buffer").toString("base64url", 0, 16);
}
