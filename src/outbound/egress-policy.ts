import { BlockList, isIP } from "node:net";

/**
 * Which addresses the gateway may not connect to (gateway spec §19, amendment A14). Link-local and cloud
 * metadata addresses are refused always, unless the target names exactly that address; private ranges are
 * the normal case of an on-premise system and are refused only where `denied` says so.
 */
export class EgressPolicy {
  readonly #always = metadataAddresses();
  readonly #embedded = embeddableAddresses();
  readonly #denied = new BlockList();

  /** `denied`: networks in CIDR form or single addresses, already checked by `isNetwork`. */
  constructor(denied: readonly string[] = []) {
    for (const network of denied) addNetwork(this.#denied, network);
  }

  /** Whether a name that resolved to `address` may not be connected to. */
  refusesResolved(address: string): boolean {
    return matches(this.#always, address) || matches(this.#denied, address);
  }

  /**
   * Whether what a URL names may not be connected to: one rule for targets, token and CSRF endpoints. Only an
   * address in its usual spelling names a metadata service exactly (amendment A14); others are judged as if
   * resolved, and so is an IPv4 address that an IPv6 one carries. What a name resolves to is judged later.
   */
  refusesWritten({ hostname, disguised }: WrittenHost): boolean {
    const family = isIP(hostname);
    if (family === 0) return false;
    const exact = !disguised && !(family === 6 && matches(this.#embedded, hostname));
    return exact ? matches(this.#denied, hostname) : this.refusesResolved(hostname);
  }
}

/** The host of a URL. */
export interface WrittenHost {
  /** As it is read: addresses in their usual spelling, IPv6 without brackets. */
  readonly hostname: string;
  /** It is written otherwise, or was not written by whoever configured the URL. */
  readonly disguised: boolean;
}

/** An address, or a network in CIDR form. */
export function isNetwork(network: string): boolean {
  const [address = "", bits, ...rest] = network.split("/");
  const family = isIP(address);
  // A zone ("%eth0") belongs to a machine, not to a network.
  if (family === 0 || rest.length > 0 || address.includes("%")) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function metadataAddresses(): BlockList {
  const list = embeddableAddresses();
  list.addSubnet("fe80::", 10, "ipv6"); // link-local
  list.addAddress("fd00:ec2::254", "ipv6"); // AWS
  list.addAddress("fd00:ec2::23", "ipv6"); // AWS, credentials of pods
  list.addAddress("fd20:ce::254", "ipv6"); // Google Cloud
  list.addAddress("fd00:c1::a9fe:a9fe", "ipv6"); // Oracle Cloud
  list.addAddress("fd00:42::42", "ipv6"); // Scaleway
  return list;
}

/** Those of IPv4, which may stand inside an IPv6 address. */
function embeddableAddresses(): BlockList {
  const list = new BlockList();
  addEverywhere(list, "169.254.0.0", 16); // link-local, metadata of most clouds
  addEverywhere(list, "100.100.100.200", 32); // Alibaba Cloud
  addEverywhere(list, "192.0.0.192", 32); // Oracle Cloud, classic
  addEverywhere(list, "168.63.129.16", 32); // Azure's wire server
  return list;
}

/** Also behind the prefix by which NAT64 reaches IPv4 (RFC 6052 §2.1). */
function addEverywhere(list: BlockList, address: string, bits: number): void {
  list.addSubnet(address, bits, "ipv4");
  list.addSubnet(`64:ff9b::${address}`, 96 + bits, "ipv6");
}

function addNetwork(list: BlockList, network: string): void {
  const [address = "", bits] = network.split("/");
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  list.addSubnet(address, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
}

function matches(list: BlockList, address: string): boolean {
  // An address may carry a zone ("fe80::1%eth0"). IPv4-mapped IPv6 is matched against IPv4 rules by BlockList.
  const plain = address.replace(/%.*$/, "");
  return list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}
