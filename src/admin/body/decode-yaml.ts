import { isMap, isScalar, isSeq, parseAllDocuments, type ParsedNode } from "yaml";
import { DEEPEST, MOST_STRAY, textOf, UnreadableBody, type DecodedBody } from "./decoded-body.ts";
import { pathText } from "./path-text.ts";

/** One YAML document → what the same JSON would be, and duplicate keys; throws UnreadableBody. */
export function decodeYaml(bytes: Uint8Array): DecodedBody {
  const text = textOf(bytes);
  try {
    return decode(text);
  } catch (error) {
    if (error instanceof UnreadableBody) throw error;
    // Too deep for the parser's recursion, or too many aliases; its messages may quote the text.
    throw new UnreadableBody("yaml: nested too deeply or too many aliases");
  }
}

function decode(text: string): DecodedBody {
  const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: "error" });
  const [document, second] = [...documents];
  if (!document || !("contents" in document)) throw new UnreadableBody("yaml: no document");
  if (second) throw new UnreadableBody("yaml: more than one document");
  const [error] = document.errors;
  if (error) throw new UnreadableBody(`yaml: ${error.code} at character ${error.pos[0]}`);
  const duplicates: string[] = [];
  collectDuplicates(document.contents, [], duplicates);
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  return { value: asJson(value), duplicates };
}

function collectDuplicates(
  node: ParsedNode | null,
  path: readonly (string | number)[],
  duplicates: string[],
): void {
  if (path.length > DEEPEST) throw new UnreadableBody(`exceeded max depth of ${DEEPEST}`);
  if (isSeq(node)) {
    node.items.forEach((item, index) => collectDuplicates(item, [...path, index], duplicates));
  }
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return;
  const keys = new Set<string>();
  for (const { key, value } of node.items) {
    if (!isScalar(key)) throw new UnreadableBody("yaml: the keys of a map must be texts");
    const name = String(key.value);
    if (keys.has(name) && duplicates.length < MOST_STRAY) duplicates.push(pathText([...path, name]));
    keys.add(name);
    collectDuplicates(value, [...path, name], duplicates);
  }
}

/** Only what JSON has: maps with text keys, no dates, no Infinity; an alias to its own ancestor throws. */
function asJson(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);
}
