import { extname } from "node:path/posix";
import type { NewDocument } from "../document.ts";
import { parseJson } from "./parse-json.ts";
import { parseYaml } from "./parse-yaml.ts";
import type { ParsedDocument } from "./parsed-document.ts";

/** Extensions of texts that claim to be data. */
const DATA = new Set([".json", ".yaml", ".yml"]);
const MARKDOWN = new Set([".md", ".markdown", ".mdown"]);

/**
 * The syntax shows in the text, not in the name alone: a specification fetched from a URL is named after its
 * type, whatever the server sent.
 */
export function parseDocument(text: string, { type, fileName }: NewDocument): ParsedDocument {
  const extension = extname(fileName).toLowerCase();
  if (MARKDOWN.has(extension)) return { kind: "text", text, markdown: true };
  const first = /\S/.exec(text)?.[0] ?? "";
  if (first === "<") return { kind: "xml", text };
  if (first === "{" || first === "[") return parseBrackets(text, extension);
  if (DATA.has(extension) || looksLikeYaml(text)) {
    const parsed = parseYaml(text);
    if (parsed.kind !== "broken" || DATA.has(extension)) return parsed;
  }
  return { kind: "text", text, markdown: type === "docs" };
}

/** JSON, or what YAML allows between brackets beyond it. */
function parseBrackets(text: string, extension: string): ParsedDocument {
  const json = parseJson(text);
  if (json.kind !== "broken" || extension === ".json") return json;
  const yaml = parseYaml(text);
  return yaml.kind === "data" ? yaml : json;
}

/** A line such as `openapi: 3.1.0` near the beginning. */
function looksLikeYaml(text: string): boolean {
  return /^["']?[\w$.-]{1,100}["']?[ \t]{0,10}:(?:[ \t]|\r?$)/m.test(text.slice(0, 4096));
}
