import { isUtf8 } from "node:buffer";
import { pacedCopy } from "../core/threads/paced-copy.ts";
import type { RegistryContext } from "./registry-context.ts";
import type { KeptDocument } from "./service-documents.ts";

/**
 * What a client may take the bytes of a document for. The ending of its name says it (registry spec §11.3),
 * except that every specification is called `.json`, whatever was fetched (registry spec §7).
 */
export async function documentMediaType(
  document: KeptDocument,
  remembered: RegistryContext["remembered"],
): Promise<string> {
  const { fileName, content } = document;
  if (fileName.endsWith(".json")) {
    // Who makes the JSON of it takes the bytes away.
    const { isJson } = await remembered.get(document, () => pacedCopy(content));
    return isJson ? "application/json" : typeOfText(content);
  }
  if (/\.ya?ml$/.test(fileName)) return "application/yaml";
  if (fileName.endsWith(".xml")) return "application/xml";
  return fileName.endsWith(".md") ? "text/markdown" : "application/octet-stream";
}

/** Of what is no JSON, by its beginning; a page of a browser is a text like any other. */
function typeOfText(content: Uint8Array): string {
  if (!isUtf8(content)) return "application/octet-stream";
  const beginning = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, 512))
    .toString()
    .replace(/^\uFEFF/, "")
    .trimStart();
  if (/^<(?!!doctype html|html)/i.test(beginning)) return "application/xml";
  return YAML.test(beginning) ? "application/yaml" : "text/plain; charset=utf-8";
}

/** A comment, a document's begin, or a member. */
const YAML = /^(?:#|---|%YAML|["']?[\w$-]+["']?\s*:)/;
