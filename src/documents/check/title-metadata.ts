import { isPlainObject, mapValues, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { shortText, shortTextOf } from "./short-text.ts";

const MOST_NAMES = 300;

/** What the `info` of a description says for search; absent what it does not say. */
export function infoMetadata(root: PlainObject): PlainObject {
  const info = ownValue(root, "info");
  if (!isPlainObject(info)) return {};
  return present({
    title: shortTextOf(ownValue(info, "title"), 200),
    version: shortTextOf(ownValue(info, "version"), 100),
    description: shortTextOf(ownValue(info, "description"), 2_000),
  });
}

/** Without what is undefined. */
export function present(metadata: PlainObject): PlainObject {
  return mapValues(metadata, (value) => value);
}

/** Names for search: each once, short, and not more than a person would look through. */
export function searchNames(names: Iterable<unknown>): readonly string[] | undefined {
  const found = new Set<string>();
  for (const name of names) {
    if (typeof name === "string" && name !== "") found.add(shortText(name, 160));
    if (found.size >= MOST_NAMES) break;
  }
  return found.size > 0 ? [...found] : undefined;
}

/** Characters of what is searched beside names, as JSON: a status holds 4 096, and more would be looked up anew. */
const MOST_PROSE = 3_500;

/** Sentences for search, the first of which matter most: each once, as long as there is room for them. */
export function searchProse(sentences: Iterable<unknown>): readonly string[] | undefined {
  const found = new Set<string>();
  let room = MOST_PROSE;
  for (const sentence of sentences) {
    const text = shortTextOf(sentence, 200);
    if (text === undefined || found.has(text)) continue;
    room -= quotedLength(text) + 1;
    if (room < 0) break;
    found.add(text);
  }
  return found.size > 0 ? [...found] : undefined;
}

/** Characters of a text as JSON; nearly none needs an escape. */
function quotedLength(text: string): number {
  return /[^ !#-[\]-~]/.test(text) ? JSON.stringify(text).length : text.length + 2;
}

/** The entries of a member that is an object; none where it is anything else. */
export function entriesOf(object: unknown, member: string): readonly (readonly [string, unknown])[] {
  const value = isPlainObject(object) ? ownValue(object, member) : undefined;
  return isPlainObject(value) ? Object.entries(value) : [];
}

/** The elements of a member that is a list. */
export function itemsOf(object: unknown, member: string): readonly unknown[] {
  const value = isPlainObject(object) ? ownValue(object, member) : undefined;
  return Array.isArray(value) ? value : [];
}
