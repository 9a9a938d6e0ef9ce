import { isJson } from "../raw-json.ts";
import { addressUrl } from "./gateway-address.ts";
import { jsonValueEnd, whiteSpaceEnd } from "./json-value-end.ts";
import type { Rewriting } from "./rewriting.ts";
import { editText, type TextEdit } from "./text-edit.ts";
import { topLevelMembers, type Member } from "./top-level-members.ts";

interface JsonDocument {
  readonly text: string;
  readonly members: readonly Member[];
}

/**
 * A Swagger 2.0 document with the gateway as its host, an OpenAPI 3 document with the gateway as its first
 * server, and every other text as it is. Nothing but these members changes: spelling of numbers, order,
 * duplicates and white space survive (registry spec §7).
 */
export function rewriteJson(text: string, rewriting: Rewriting): string {
  if (!isJson(text)) return text;
  const members = topLevelMembers(text);
  if (!members) return text;
  const document = { text, members };
  const swagger = lastNamed(members, "swagger");
  if (swagger && textOf(document, swagger) === "2.0") {
    return editText(text, swaggerEdits(document, swagger, rewriting));
  }
  const openapi = lastNamed(members, "openapi");
  if (!openapi || !rewriting.rewriteOpenApi3) return text;
  const isThree = textOf(document, openapi)?.startsWith("3.") === true;
  return isThree ? editText(text, serverEdits(document, openapi, rewriting)) : text;
}

/** Of members with one name the last one counts, as in most parsers. */
function lastNamed(members: readonly Member[], name: string): Member | undefined {
  return members.findLast((member) => member.name === name);
}

/** The value of a member that is a text. */
function textOf({ text }: JsonDocument, { valueStart, valueEnd }: Member): string | undefined {
  return text[valueStart] === '"' ? (JSON.parse(text.slice(valueStart, valueEnd)) as string) : undefined;
}

function swaggerEdits(
  document: JsonDocument,
  swagger: Member,
  { address: { scheme, host, basePath } }: Rewriting,
): readonly TextEdit[] {
  const set = (name: string, value: unknown) => setMember(document, swagger, [name, JSON.stringify(value)]);
  return [
    ...set("host", host),
    ...(basePath === undefined ? removeMember(document, "basePath") : set("basePath", basePath)),
    ...set("schemes", [scheme]),
  ];
}

/** Every member of that name, so that all readers of duplicates read the same; or a new one behind `after`. */
function setMember(
  { text, members }: JsonDocument,
  after: Member,
  [name, json]: readonly [string, string],
): readonly TextEdit[] {
  const present = members.filter((member) => member.name === name);
  if (present.length === 0) return [insertMember({ text, members }, after, `"${name}"`, json)];
  return present.map(({ valueStart, valueEnd }) => ({ start: valueStart, end: valueEnd, text: json }));
}

/** Set off as `after` is, so that a document with a line for each member still has one. */
function insertMember(
  { text, members }: JsonDocument,
  after: Member,
  ...[name, json]: readonly [string, string]
): TextEdit {
  const before = members[members.indexOf(after) - 1]?.valueEnd ?? 0;
  const lead = text.slice(before, after.nameStart).replace(/^[^,{]*[,{]/, "");
  const colon = text.slice(after.nameEnd, after.valueStart);
  return { start: after.valueEnd, end: after.valueEnd, text: `,${lead}${name}${colon}${json}` };
}

/** The first members go with the comma behind them, the others with the one before them. */
function removeMember({ members }: JsonDocument, name: string): readonly TextEdit[] {
  const kept = members.findIndex((member) => member.name !== name);
  const [first] = members;
  const edits: TextEdit[] = [];
  if (first && kept > 0) edits.push({ start: first.nameStart, end: members[kept]?.nameStart ?? 0, text: "" });
  for (const [index, member] of members.entries()) {
    const previous = members[index - 1];
    if (index < kept || member.name !== name || !previous) continue;
    edits.push({ start: previous.valueEnd, end: member.valueEnd, text: "" });
  }
  return edits;
}

function serverEdits(document: JsonDocument, openapi: Member, { address }: Rewriting): readonly TextEdit[] {
  const url = addressUrl(address);
  const server = JSON.stringify({ url });
  const present = document.members.filter(({ name }) => name === "servers");
  if (present.length === 0) return [insertMember(document, openapi, '"servers"', `[${server}]`)];
  return present.flatMap((member) => serverEdit(document, member, url));
}

/** A document that comes back to us as we gave it out does not get the gateway once more. */
function serverEdit(
  { text }: JsonDocument,
  { valueStart, valueEnd }: Member,
  url: string,
): readonly TextEdit[] {
  const server = JSON.stringify({ url });
  if (text.slice(valueStart, valueEnd) === "null") {
    return [{ start: valueStart, end: valueEnd, text: `[${server}]` }];
  }
  if (text[valueStart] !== "[") return [];
  const start = valueStart + 1;
  const first = whiteSpaceEnd(text, start);
  if (text[first] === "]") return [{ start, end: start, text: server }];
  const firstServer = text.slice(first, jsonValueEnd(text, first));
  return urlOf(firstServer) === url ? [] : [{ start, end: start, text: `${server},` }];
}

function urlOf(server: string): string | undefined {
  const members = topLevelMembers(server) ?? [];
  const url = lastNamed(members, "url");
  return url && textOf({ text: server, members }, url);
}
