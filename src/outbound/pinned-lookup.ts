import { lookup as systemLookup, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import type { EgressPolicy } from "./egress-policy.ts";

/** What `dns.lookup` does when it is asked for all addresses. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Why a connection was refused before it was made: the name resolves to forbidden addresses only. */
export class EgressRefused extends Error {
  readonly code = "EGRESS_REFUSED";
  constructor(hostname: string) {
    super(`${hostname} resolves to an address that the egress policy refuses`);
    this.name = "EgressRefused";
  }
}

/**
 * Resolves and checks in one step, so that the address that was checked is the one that is connected to:
 * a name that answers differently the second time (DNS rebinding) gains nothing. `port`: to be connected to.
 */
export function pinnedLookup(
  policy: Pick<EgressPolicy, "refusesResolved">,
  port: number,
  resolve: Resolve = systemLookup,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(withinLocalhost(hostname), { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const allowed = addresses.filter(({ address }) => !policy.refusesResolved(address, port));
      const [first] = allowed;
      if (!first) return callback(new EgressRefused(hostname), "", 0);
      if (options.all) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}

/** `localhost` and all names under it are this machine, with the dot of the root too (RFC 6761 §6.3): not every resolver knows. */
function withinLocalhost(hostname: string): string {
  return /(^|\.)localhost\.?$/i.test(hostname) ? "localhost" : hostname;
}
