import type { LookupFunction } from "node:net";
import type { OpeningObserver } from "./opening-observer.ts";

/** The same look-ups, which somebody hears of. */
export function observedLookup(
  lookup: LookupFunction,
  observer: OpeningObserver | undefined,
): LookupFunction {
  if (!observer) return lookup;
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      const addresses = typeof found === "string" ? [found] : found.map(({ address }) => address);
      observer.lookedUp(hostname, error ?? addresses);
      callback(error, found, family);
    });
}
