import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Node,
  type Pair,
  type Scalar,
} from "yaml";
import { addressUrl } from "./gateway-address.ts";
import type { Rewriting } from "./rewriting.ts";
import { editText, type TextEdit } from "./text-edit.ts";

/** One line `name: value` of a YAML document in block style, or the first line of several. */
interface Entry {
  readonly name: string;
  readonly key: Scalar;
  readonly value: Node;
  /** What stands before the name on its line. */
  readonly indent: string;
}

interface YamlDocument {
  readonly text: string;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** Thrown for what is better left as it is than rewritten by guess. */
class Unusual extends Error {}

/**
 * As `rewriteJson`, for documents in YAML, which stay YAML: a change touches the members that it is about, and
 * comments, spelling and order of all others survive. What is not a single document in block style, or holds
 * an anchor where something would be replaced, stays as it is.
 */
export function rewriteYaml(text: string, rewriting: Rewriting): string {
  try {
    const document = readDocument(text);
    if (textOf(document, "swagger") === "2.0") return editText(text, swaggerEdits(document, rewriting));
    const isThree = textOf(document, "openapi")?.startsWith("3.") === true;
    return isThree && rewriting.rewriteOpenApi3 ? editText(text, serverEdits(document, rewriting)) : text;
  } catch (error) {
    // A RangeError is the stack of a document that is too deep.
    if (error instanceof Unusual || error instanceof RangeError) return text;
    throw error;
  }
}

/**
 * Only the syntax is read: no alias is followed and no scalar interpreted, so that `2.0` stays what is
 * written. Uniqueness is checked here, because the parser's own check is quadratic.
 */
function readDocument(text: string): YamlDocument {
  const document = parseDocument(text, {
    schema: "failsafe",
    uniqueKeys: false,
    prettyErrors: false,
    // Not "silent", which would make several documents no error.
    logLevel: "error",
  });
  const { contents, errors } = document;
  if (errors.length > 0 || !isMap(contents) || contents.flow === true) throw new Unusual();
  const entries = new Map<string, Entry>();
  for (const pair of contents.items) {
    const entry = entryOf(text, pair);
    if (!entry) continue;
    if (entries.has(entry.name)) throw new Unusual();
    entries.set(entry.name, entry);
  }
  return { text, entries };
}

function entryOf(text: string, { key, value }: Pair): Entry | undefined {
  if (!isScalar(key) || typeof key.value !== "string") return undefined;
  const [start] = rangeOf(key);
  const indent = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  return { name: key.value, key, value: value as Node, indent };
}

function rangeOf({ range }: Pick<Node, "range">): readonly [start: number, end: number] {
  if (!range) throw new Unusual();
  return [range[0], range[1]];
}

/** The text of a member that stands on one line. */
function textOf({ text, entries }: YamlDocument, name: string): string | undefined {
  const entry = entries.get(name);
  if (!entry || !isScalar(entry.value) || typeof entry.value.value !== "string") return undefined;
  return text.slice(...rangeOf(entry.value)).includes("\n") ? undefined : entry.value.value;
}

function swaggerEdits(
  document: YamlDocument,
  { address: { scheme, host, basePath } }: Rewriting,
): readonly TextEdit[] {
  const set = (name: string, value: string) =>
    document.entries.has(name)
      ? replaceValue(document, name, value)
      : [insertLine(document, "swagger", `${name}: ${value}`)];
  return [
    ...set("host", JSON.stringify(host)),
    ...(basePath === undefined
      ? removeLine(document, "basePath")
      : set("basePath", JSON.stringify(basePath))),
    ...set("schemes", JSON.stringify([scheme])),
  ];
}

/** A JSON value stands for the same in YAML. In a list in block style the items alone are replaced. */
function replaceValue(document: YamlDocument, name: string, json: string): readonly TextEdit[] {
  const { key, value } = requireEntry(document, name);
  refuseAnchors(value);
  const [start, end] = rangeOf(value);
  if (isFlow(value)) {
    if (end > start) return [{ start, end, text: json }];
    // The position of an empty value is behind the white space and comments of its line.
    const colon = colonEnd(document.text, key);
    return [{ start: colon, end: colon, text: ` ${json}` }];
  }
  const [first, last] = isSeq(value) ? [value.items[0], value.items.at(-1)] : [];
  const isListOfLines = isScalar(first) && isScalar(last) && isFlow(first) && isFlow(last);
  if (!isListOfLines || !json.startsWith("[")) throw new Unusual();
  return [{ start: rangeOf(first)[0], end: rangeOf(last)[1], text: json.slice(1, -1) }];
}

/** Whether it can be replaced where it stands: all but what consists of lines. */
function isFlow(value: Node): boolean {
  if (isScalar(value)) return value.type !== "BLOCK_FOLDED" && value.type !== "BLOCK_LITERAL";
  return isAlias(value) || ((isSeq(value) || isMap(value)) && value.flow === true);
}

function requireEntry({ entries }: YamlDocument, name: string): Entry {
  const entry = entries.get(name);
  if (!entry) throw new Unusual();
  return entry;
}

/** An alias elsewhere may name it. */
function refuseAnchors(value: Node): void {
  visit(value, {
    Node: (_key, node) => {
      if ("anchor" in node && node.anchor !== undefined) throw new Unusual();
    },
  });
}

/** Behind the colon of an implicit key (YAML 1.2 §8.2.2). */
function colonEnd(text: string, key: Scalar): number {
  const colon = /[ \t]*:/y;
  colon.lastIndex = rangeOf(key)[1];
  if (!colon.test(text)) throw new Unusual();
  return colon.lastIndex;
}

/** A line behind that of a member which stands on one line, with its indentation and line end. */
function insertLine(document: YamlDocument, after: string, line: string): TextEdit {
  const { key, value, indent } = requireEntry(document, after);
  const { text } = document;
  requirePlainLine({ indent, key });
  const lineEnd = text.slice(rangeOf(value)[1]).search(/\r?\n|$/) + rangeOf(value)[1];
  const lineBreak = text.startsWith("\r\n", lineEnd) ? "\r\n" : "\n";
  return { start: lineEnd, end: lineEnd, text: `${lineBreak}${indent}${line}` };
}

/** `? name`, `--- name`, `!!str name` and `&anchor name` are valid and hardly ever written. */
function requirePlainLine({ indent, key }: Pick<Entry, "indent" | "key">): void {
  if (!/^ *$/.test(indent) || key.anchor !== undefined || key.tag !== undefined) throw new Unusual();
}

function removeLine(document: YamlDocument, name: string): readonly TextEdit[] {
  const entry = document.entries.get(name);
  if (!entry) return [];
  const { key, value, indent } = entry;
  const { text } = document;
  requirePlainLine(entry);
  refuseAnchors(value);
  const [start, end] = [rangeOf(key)[0] - indent.length, rangeOf(value)[1]];
  if (!isScalar(value) || text.slice(start, end).includes("\n")) throw new Unusual();
  const lineEnd = text.indexOf("\n", end);
  return [{ start, end: lineEnd < 0 ? text.length : lineEnd + 1, text: "" }];
}

function serverEdits(document: YamlDocument, { address }: Rewriting): readonly TextEdit[] {
  const url = JSON.stringify(addressUrl(address));
  const servers = document.entries.get("servers")?.value;
  if (!servers) return [insertLine(document, "openapi", `servers: [{ "url": ${url} }]`)];
  if (isScalar(servers) && servers.value === "") {
    return replaceValue(document, "servers", `[{ "url": ${url} }]`);
  }
  if (!isSeq(servers)) return [];
  const [first] = servers.items;
  if (isMap(first) && first.get("url") === addressUrl(address)) return [];
  const [start] = rangeOf(servers);
  if (servers.flow === true) {
    return [
      { start: start + 1, end: start + 1, text: `{ "url": ${url} }${first === undefined ? "" : ", "}` },
    ];
  }
  const indent = document.text.slice(document.text.lastIndexOf("\n", start - 1) + 1, start);
  if (!/^ *$/.test(indent)) throw new Unusual();
  const lineBreak = document.text.includes("\r\n") ? "\r\n" : "\n";
  return [{ start, end: start, text: `- url: ${url}${lineBreak}${indent}` }];
}
