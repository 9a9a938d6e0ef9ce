import { jsonValueEnd, whiteSpaceEnd } from "./json-value-end.ts";

/** A member of a JSON object, as offsets into its text. */
export interface Member {
  readonly name: string;
  /** At the opening quote. */
  readonly nameStart: number;
  /** Behind the closing quote. */
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** More than anybody writes; each costs memory. */
const MOST_MEMBERS = 100_000;

/**
 * The members of a JSON object in order, duplicates included; undefined for anything else that is JSON, and
 * for an object of too many members. `json` is known to be valid. Nothing is built but this list, and nothing
 * recurses.
 */
export function topLevelMembers(json: string): readonly Member[] | undefined {
  const members: Member[] = [];
  let position = whiteSpaceEnd(json, 0);
  if (json[position] !== "{") return undefined;
  position = whiteSpaceEnd(json, position + 1);
  while (position < json.length && json[position] !== "}") {
    if (members.length === MOST_MEMBERS) return undefined;
    const nameStart = position;
    const nameEnd = jsonValueEnd(json, nameStart);
    const colon = whiteSpaceEnd(json, nameEnd);
    const valueStart = whiteSpaceEnd(json, colon + 1);
    const valueEnd = jsonValueEnd(json, valueStart);
    const name = JSON.parse(json.slice(nameStart, nameEnd)) as string;
    members.push({ name, nameStart, nameEnd, valueStart, valueEnd });
    position = whiteSpaceEnd(json, valueEnd);
    if (json[position] === ",") position = whiteSpaceEnd(json, position + 1);
  }
  return members;
}
