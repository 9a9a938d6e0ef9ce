import { BlockList, isIP } from "node:net";

/** Networks and single addresses, IPv4 and IPv6. */
export class NetworkList {
  readonly #list = new BlockList();

  /** Each item already checked by `isNetwork`. */
  constructor(networks: readonly string[]) {
    for (const network of networks) this.#add(network);
  }

  /** IPv4-mapped IPv6 is matched against IPv4 networks, and a zone (`%eth0`) does not count. */
  contains(address: string): boolean {
    const plain = address.replace(/%.*$/, "");
    return this.#list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
  }

  #add(network: string): void {
    const [address = "", bits] = network.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    this.#list.addSubnet(address, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
  }
}
