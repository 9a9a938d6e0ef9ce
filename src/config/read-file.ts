import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { Document, ParsedNode, YAMLMap } from "yaml";
import type { Given, Reading } from "./given.ts";
import type { NamedSetting } from "./named-settings.ts";
import { nearestName } from "./nearest-name.ts";
import { classOf, type Problem } from "./problem.ts";

interface Walk {
  readonly document: Document.Parsed;
  readonly settings: readonly NamedSetting[];
  /** `connector.yaml:14` for an offset into the text. */
  readonly sourceAt: (offset: number | undefined) => string;
  readonly given: Given[];
  readonly problems: Problem[];
}

/** A YAML file (JSON is YAML too) with the settings as nested maps. `name` stands in messages. */
export function readFile(name: string, text: string, settings: readonly NamedSetting[]): Reading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const walk: Walk = {
    document,
    settings,
    sourceAt: (offset) => (offset === undefined ? name : `${name}:${lines.linePos(offset).line}`),
    given: [],
    problems: [],
  };
  for (const { code, pos } of document.errors) {
    // The parser's own message may quote the line, and with it a secret: its code says enough.
    const reason = code.toLowerCase().replaceAll("_", " ");
    walk.problems.push({
      subject: "(file)",
      text: `is not YAML: ${reason}`,
      source: walk.sourceAt(pos[0]),
    });
  }
  if (document.errors.length === 0) readRoot(walk);
  return { given: walk.given, problems: walk.problems, warnings: [] };
}

function readRoot(walk: Walk): void {
  const { contents } = walk.document;
  if (isMap(contents)) readMap(walk, contents, []);
  else if (contents !== null && !isEmpty(contents)) {
    const text = "must be a map of settings";
    walk.problems.push({ subject: "(file)", text, source: walk.sourceAt(contents.range[0]) });
  }
}

function readMap(walk: Walk, map: YAMLMap<ParsedNode, ParsedNode | null>, above: readonly string[]): void {
  for (const { key, value } of map.items) {
    const name = isScalar(key) ? String(key.value) : "(no name)";
    const path = [...above, name];
    readEntry(walk, { path, value: followed(walk, value), source: walk.sourceAt(key.range[0]) });
  }
}

/** `*name` → what `&name` marks. */
function followed({ document }: Walk, value: ParsedNode | null): ParsedNode | null {
  return isAlias(value) ? ((value.resolve(document) as ParsedNode | undefined) ?? null) : value;
}

interface Entry {
  readonly path: readonly string[];
  readonly value: ParsedNode | null;
  readonly source: string;
}

function readEntry(walk: Walk, { path, value, source }: Entry): void {
  const subject = path.join(".");
  const setting = walk.settings.find(({ key }) => key === subject);
  if (setting) {
    const raw: unknown = isNode(value) ? value.toJS(walk.document) : undefined;
    walk.given.push({ setting, raw: raw ?? undefined, source });
    return;
  }
  const below = walk.settings.filter(({ key }) => key.startsWith(`${subject}.`));
  if (below.length === 0) {
    walk.problems.push({ subject, text: unknownText(walk, path), source });
  } else if (isMap<ParsedNode, ParsedNode | null>(value)) {
    readMap(walk, value, path);
  } else if (value !== null && !isEmpty(value)) {
    const text = `must be a map of settings, not ${classOf(value.toJS(walk.document))}`;
    walk.problems.push({ subject, text, source });
  }
}

/** Suggests among the names that may stand at the same place, else a setting that ends in that name. */
function unknownText({ settings }: Walk, path: readonly string[]): string {
  const above = path.slice(0, -1);
  const name = path.at(-1) ?? "";
  const siblings = settings.filter(({ path: other }) => above.every((part, index) => other[index] === part));
  const nearest = nearestName(name, new Set(siblings.map((other) => other.path[above.length] ?? "")));
  if (nearest) return `is no setting: did you mean ${[...above, nearest].join(".")}?`;
  const elsewhere = settings.find(({ path: other }) => other.at(-1) === name);
  return elsewhere ? `is no setting: did you mean ${elsewhere.key}?` : "is no setting";
}

function isEmpty(node: ParsedNode): boolean {
  return isScalar(node) && node.value === null;
}
