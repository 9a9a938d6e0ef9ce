import { isOData } from "./is-odata.ts";
import { rewriteJson } from "./rewrite-json.ts";
import { rewriteYaml } from "./rewrite-yaml.ts";
import type { Rewriting } from "./rewriting.ts";

/** Characters of a document in YAML; larger ones are kept as they are, because reading them may take many seconds. */
const LARGEST_YAML = 1024 * 1024;

/** A first member, or a later one at the beginning of its line. */
const YAML_VERSION = /^[ ]*(["']?)(?:swagger|openapi)\1[ \t]*:/m;

/**
 * The specification of an API for those who call it through the gateway (registry spec §7). Everything that
 * is neither Swagger 2.0 nor, where that is wanted, OpenAPI 3 stays as it is, in whatever format.
 */
export function rewriteSpecification(text: string, rewriting: Rewriting): string {
  if (isOData(rewriting.apiType)) return text;
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const document = text.slice(mark.length);
  switch (formatOf(document)) {
    case "json":
      return mark + rewriteJson(document, rewriting);
    case "yaml":
      return mark + rewriteYaml(document, rewriting);
    case "other":
      return text;
  }
}

/** A guess from the beginning of the text, without reading it all. */
function formatOf(text: string): "json" | "yaml" | "other" {
  const first = /\S/.exec(text)?.[0];
  if (first === "{") return "json";
  if (first === undefined || first === "<" || first === "[" || text.length > LARGEST_YAML) return "other";
  return YAML_VERSION.test(text) ? "yaml" : "other";
}
