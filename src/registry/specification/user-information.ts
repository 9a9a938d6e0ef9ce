import { decodePath } from "../../core/percent-encoding.ts";
import { basicCredential } from "../../credentials/basic.ts";

/**
 * `user:password@` of a URL as a value for the Authorization header, as every HTTP client takes it; undefined
 * where there is none. The mask that stands for it in what is kept and shown is none (registry spec §12).
 */
export function userInformation(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { username, password } = new URL(url);
  const [name, secret] = [decoded(username), decoded(password)];
  const isNone = name.length === 0 && secret.length === 0;
  return isNone || (isMask(name) && isMask(secret)) ? undefined : basicCredential(name, secret);
}

function isMask(part: Buffer): boolean {
  return part.toString("latin1") === "***";
}

/** One character per byte before, bytes after: a password need not be UTF-8. */
function decoded(escaped: string): Buffer {
  return Buffer.from(decodePath(escaped) ?? escaped, "latin1");
}
