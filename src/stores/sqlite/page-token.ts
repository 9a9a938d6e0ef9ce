import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { StoreFailure } from "../store-failure.ts";

/** Where a next page begins, as a text that nobody is meant to read. */
export function writePageToken(place: PlainObject): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** `read` answers undefined where the place is none; then, and for any other text, STORE_BAD_CONTINUE. */
export function readPageToken<Place>(token: string, read: (place: PlainObject) => Place | undefined): Place {
  const place = readPlace(token, read);
  if (place !== undefined) return place;
  throw new StoreFailure("STORE_BAD_CONTINUE", ["it is not one that this server gave"]);
}

/** What `read` makes of the place; undefined for a text that holds none. */
export function readPlace<Place>(
  token: string,
  read: (place: PlainObject) => Place | undefined,
): Place | undefined {
  const value = parsed(token);
  return isPlainObject(value) ? read(value) : undefined;
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    return undefined;
  }
}
