import { isIPv4, isIPv6 } from "node:net";
import type { AddressRules } from "../core/resources/api-settings/address-rules.ts";
import { NetworkList } from "../http/network-list.ts";

/** Which addresses the rules of one API allow. */
export class AddressPolicy {
  readonly #allowed: Rules | undefined;
  readonly #denied: Rules;

  constructor({ allowed, denied }: AddressRules) {
    this.#allowed = allowed.length > 0 ? new Rules(allowed) : undefined;
    this.#denied = new Rules(denied);
  }

  /** `address`: IPv4 or IPv6, without brackets. */
  allows(address: string): boolean {
    const plain = unmapped(address);
    return (this.#allowed?.include(plain) ?? true) && !this.#denied.include(plain);
  }
}

class Rules {
  readonly #networks: NetworkList;
  readonly #public: boolean;
  readonly #private: boolean;

  constructor(rules: readonly string[]) {
    this.#networks = new NetworkList(rules.filter((rule) => rule !== "public" && rule !== "private"));
    this.#public = rules.includes("public");
    this.#private = rules.includes("private");
  }

  include(address: string): boolean {
    if (this.#networks.contains(address)) return true;
    // Each family by its own list: a list of both takes every IPv4 address for an IPv6 one below ::/3.
    const isLocal = (isIPv4(address) ? NOT_GLOBAL_4 : NOT_GLOBAL_6).contains(address);
    return isLocal ? this.#private : this.#public;
  }
}

/** The IPv4 address that an IPv6 one stands for (RFC 4291 §2.5.5.2), however it is written. */
function unmapped(address: string): string {
  const plain = address.replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  const [, high = "", low = ""] =
    /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/.exec(new URL(`http://[${plain}]/`).hostname) ?? [];
  if (low === "") return plain;
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join(".");
}

/**
 * Addresses that are not reachable from everywhere (registries of RFC 6890), are no addresses of one host, or
 * carry another address inside, which is not judged here (6to4, Teredo, NAT64).
 */
const NOT_GLOBAL_4 = new NetworkList([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
]);

const NOT_GLOBAL_6 = new NetworkList([
  // Global unicast is 2000::/3 alone (RFC 4291 §2.4); these are the rest.
  "::/3",
  "4000::/2",
  "8000::/1",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
]);
