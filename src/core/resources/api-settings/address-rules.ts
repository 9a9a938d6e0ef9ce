import { isNetwork } from "../../network.ts";

/** Which addresses an API may lie at. `public` and `private` stand for what the registries say. */
export interface AddressRules {
  /** Networks and words; where there is none, all that is not denied. */
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

/** `public`, `10.0.0.0/8, public`, `!10.1.0.0/16`: what stands behind `!` is denied whatever else allows it. */
export function parseAddressRules(written: string): AddressRules | undefined {
  const items = written.split(/[,\n]/).map((item) => item.trim());
  const allowed = items.filter((item) => !item.startsWith("!"));
  const denied = items.filter((item) => item.startsWith("!")).map((item) => item.slice(1));
  return [...allowed, ...denied].every(isAddressRule) ? Object.freeze({ allowed, denied }) : undefined;
}

function isAddressRule(item: string): boolean {
  return item === "public" || item === "private" || isNetwork(item);
}
