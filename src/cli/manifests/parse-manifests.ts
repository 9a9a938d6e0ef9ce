import {
  LineCounter,
  parseAllDocuments,
  type Document,
  type ScalarTag,
  type SchemaOptions,
  type Tags,
} from "yaml";
import { isPlainObject } from "../../core/plain-object.ts";
import { textAt, valueAt } from "../json-fields.ts";
import type { Manifest } from "./manifest.ts";

export interface Parsed {
  readonly manifests: readonly Manifest[];
  /** Each names its file and line, and quotes nothing: the line may hold a Secret's value. */
  readonly problems: readonly string[];
}

const LEFT_OUT = /:(timestamp|binary|omap|pairs|set)$/;

const binary: ScalarTag = {
  tag: "tag:yaml.org,2002:binary",
  resolve: (text: string) => Buffer.from(text, "base64").toString("utf8"),
};

/**
 * People bring files that were written for kubectl, whose reader is one of YAML 1.1: `yes` and `y` are true,
 * 0600 and 0o600 octal. Dates stay texts there, and base 60 is not known.
 */
const DIALECT: SchemaOptions & { readonly version: "1.1" } = {
  version: "1.1",
  schema: "yaml-1.1",
  customTags: (tags: Tags): Tags => [
    ...tags.filter((tag) => typeof tag === "string" || !(LEFT_OUT.test(tag.tag) || isBase60(tag))),
    "intOct",
    binary,
  ],
};

function isBase60(tag: object): boolean {
  return "format" in tag && tag.format === "TIME";
}

/** All objects of a YAML or JSON text: several documents, and the items of lists. */
export function parseManifests(text: string, source: string): Parsed {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { ...DIALECT, lineCounter: lines, prettyErrors: false });
  const manifests: Manifest[] = [];
  const problems: string[] = [];
  // An empty text gives an empty result that is no list of documents.
  for (const document of Array.isArray(documents) ? (documents as Document.Parsed[]) : []) {
    const line = lines.linePos(document.contents?.range[0] ?? document.range[0]).line;
    const [broken] = document.errors;
    if (broken) {
      // What follows the first mistake is most often its echo.
      const reason = broken.code.toLowerCase().replaceAll("_", " ");
      problems.push(`${source}:${lines.linePos(broken.pos[0]).line}: is not YAML: ${reason}`);
    }
    if (broken || document.contents === null) continue;
    for (const item of itemsOf(document.toJS())) {
      const found = manifestFrom(item, source);
      if (typeof found === "string") problems.push(`${source}:${line}: ${found}`);
      else manifests.push(found);
    }
  }
  return { manifests, problems };
}

/** A document with nothing but a comment counts for nothing; `kind: List` holds objects. */
function itemsOf(content: unknown): readonly unknown[] {
  if (content === null) return [];
  const items = valueAt(content, "items");
  return textAt(content, "kind")?.endsWith("List") && Array.isArray(items) ? items : [content];
}

function manifestFrom(object: unknown, source: string): Manifest | string {
  if (!isPlainObject(object)) return "is no object with apiVersion, kind and metadata";
  const apiVersion = textAt(object, "apiVersion");
  const kind = textAt(object, "kind");
  const name = textAt(object, "metadata", "name");
  if (!apiVersion) return "apiVersion is missing";
  if (!kind) return "kind is missing";
  if (!name) return "metadata.name is missing";
  if (!isJson(object)) return "has a number that is too large";
  return { apiVersion, kind, name, namespace: textAt(object, "metadata", "namespace"), object, source };
}

/** YAML knows infinity; sent as JSON it would turn into null. */
function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isJson);
}
