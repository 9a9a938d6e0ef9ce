import { maskedText } from "./masked-text.ts";

/** A scheme, and all that stands before the last `@` of the authority. */
const USER_INFORMATION = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/|\/\/)?[^/?#]*@/;

/**
 * A URL as it is stored and shown: with `***:***@` for user information, which is a credential (registry spec
 * §12). A colon is not waited for: a name alone may be a token.
 */
export function maskedUrl(url: string): string {
  if (!USER_INFORMATION.test(url)) return maskedText(url);
  return url.replace(USER_INFORMATION, (_, scheme: string = "") => `${scheme}***:***@`);
}
