import { parseTargetUrl } from "../../core/target-url.ts";

/**
 * A specification's URL as texts show it: with `***:***` in the place of user information (registry spec
 * §2.1). Where it cannot be read for certain, everything up to the last `@` counts as a password.
 */
export function shownUrl(url: string): string {
  const isReadable = !("kind" in parseTargetUrl(url));
  return isReadable
    ? url.replace(/\/\/[^/?#]*@/, "//***:***@")
    : url.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?.*@/s, "$1***:***@");
}
