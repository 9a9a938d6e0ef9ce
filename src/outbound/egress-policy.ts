import { isIP } from "node:net";
import type { AddressRules } from "../core/resources/api-settings/address-rules.ts";
import { NetworkList } from "../http/network-list.ts";
import { AddressPolicy } from "./address-policy.ts";
import type { OwnListeners } from "./own-listeners.ts";

/**
 * Which addresses the gateway may not connect to (gateway spec §19, amendment A14). Link-local and cloud
 * metadata addresses are refused always, unless the target names exactly that address; private ranges are
 * the normal case of an on-premise system and are refused only where `denied` says so.
 */
export class EgressPolicy {
  #denied: NetworkList;
  readonly #own: OwnListeners | undefined;
  #rules: AddressPolicy | undefined;

  /**
   * `denied`: networks in CIDR form or single addresses, already checked by `isNetwork`. `own`: refused too; for
   * whoever follows URLs that come from outside.
   */
  constructor(denied: readonly string[] = [], own?: OwnListeners) {
    this.#denied = new NetworkList(denied);
    this.#own = own;
  }

  /** The same, and what the rules of an API refuse beside. */
  narrowed(rules: AddressRules): EgressPolicy {
    const policy = new EgressPolicy([], this.#own);
    policy.#denied = this.#denied;
    policy.#rules = new AddressPolicy(rules);
    return policy;
  }

  /** Whether a name that resolved to `address` may not be connected to, at this port where it is known. */
  refusesResolved(address: string, port?: number): boolean {
    return METADATA.contains(address) || this.#isDenied(address) || this.#isOwn(address, port);
  }

  /**
   * Whether what a URL names may not be connected to: one rule for targets, token and CSRF endpoints. Only an
   * address in its usual spelling names a metadata service exactly (amendment A14); others are judged as if
   * resolved, and so is an IPv4 address that an IPv6 one carries. What a name resolves to is judged later.
   */
  refusesWritten({ hostname, disguised, port }: WrittenHost): boolean {
    if (this.#isOwn(hostname, port)) return true;
    const family = isIP(hostname);
    if (family === 0) return false;
    const exact = !disguised && !(family === 6 && EMBEDDED.contains(hostname));
    return exact ? this.#isDenied(hostname) : this.refusesResolved(hostname);
  }

  #isDenied(address: string): boolean {
    if (this.#denied.contains(address) || this.#rules?.allows(address) === false) return true;
    const reached = loopbackBehind(address);
    return reached !== undefined && this.#isDenied(reached);
  }

  #isOwn(hostname: string, port: number | undefined): boolean {
    return port !== undefined && this.#own?.includes(hostname, port) === true;
  }
}

/**
 * Whoever connects to an unspecified address (RFC 1122 §3.2.1.3, RFC 4291 §2.5.2) reaches this machine, as by
 * loopback: it must be no way round a policy that refuses the latter. An IPv6 address may carry the one of IPv4.
 */
function loopbackBehind(address: string): string | undefined {
  if (UNSPECIFIED_4.contains(address)) return "127.0.0.1";
  return UNSPECIFIED_6.contains(address) ? "::1" : undefined;
}

const UNSPECIFIED_4 = new NetworkList(["0.0.0.0/8"]);
const UNSPECIFIED_6 = new NetworkList(["::"]);

/** The host of a URL. */
export interface WrittenHost {
  /** As it is read: addresses in their usual spelling, IPv6 without brackets. */
  readonly hostname: string;
  /** It is written otherwise, or was not written by whoever configured the URL. */
  readonly disguised: boolean;
  /** Only where listeners of our own count. */
  readonly port?: number;
}

/** Those of IPv4, which may stand inside an IPv6 address: also behind the prefix of NAT64 (RFC 6052 §2.1). */
const EMBEDDED_NETWORKS = [
  ["169.254.0.0", 16], // link-local, metadata of most clouds
  ["100.100.100.200", 32], // Alibaba Cloud
  ["192.0.0.192", 32], // Oracle Cloud, classic
  ["168.63.129.16", 32], // Azure's wire server
].flatMap(([address, bits]) => [`${address}/${bits}`, `64:ff9b::${address}/${96 + Number(bits)}`]);

const EMBEDDED = new NetworkList(EMBEDDED_NETWORKS);

const METADATA = new NetworkList([
  ...EMBEDDED_NETWORKS,
  "fe80::/10", // link-local
  "fd00:ec2::254", // AWS
  "fd00:ec2::23", // AWS, credentials of pods
  "fd20:ce::254", // Google Cloud
  "fd00:c1::a9fe:a9fe", // Oracle Cloud
  "fd00:42::42", // Scaleway
]);
