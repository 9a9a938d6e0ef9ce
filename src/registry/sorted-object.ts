import { goJson } from "../http/go-json.ts";
import { byBytes } from "./by-bytes.ts";

/**
 * A JSON object of members that are JSON already, in the order in which Go writes a map: by the bytes of their
 * names in UTF-8. It is written here, because an object of JavaScript puts numbers first whatever is done.
 */
export function sortedObject(members: Iterable<readonly [name: string, json: string]>): string {
  const sorted = [...new Map(members)].toSorted(([one], [other]) => byBytes(one, other));
  return `{${sorted.map(([name, json]) => `${goJson(name)}:${json}`).join(",")}}`;
}
