import { decodePath } from "../../core/percent-encoding.ts";
import { basicCredential } from "../../credentials/basic.ts";

/**
 * `user:password@` of a URL as a value for the Authorization header, as every HTTP client takes it; undefined
 * where there is none.
 */
export function userInformation(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { username, password } = new URL(url);
  return username === "" && password === ""
    ? undefined
    : basicCredential(decoded(username), decoded(password));
}

/** One character per byte before, bytes after: a password need not be UTF-8. */
function decoded(escaped: string): Buffer {
  return Buffer.from(decodePath(escaped) ?? escaped, "latin1");
}
