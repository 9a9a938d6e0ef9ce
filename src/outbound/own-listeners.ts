import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { NetworkList } from "../http/network-list.ts";
import { portOf } from "./port-of.ts";

/**
 * Where this installation itself listens. A stranger who may name a URL that is fetched from inside would reach
 * through it what trusts whoever is inside: the gateway adds the credentials of any Application.
 */
export class OwnListeners {
  readonly #ports = new Set<number>();
  readonly #hosts = new Set<string>();

  /** A listener of this process: its port counts on every address of this machine, and with the host named. */
  add(origin: string): void {
    this.addName(origin);
    if (URL.canParse(origin)) this.#ports.add(portOf(origin));
  }

  /** A URL by which others reach a listener. */
  addName(url: string): void {
    if (!URL.canParse(url)) return;
    const { hostname } = new URL(url);
    const port = portOf(url);
    this.#hosts.add(hostKey(hostname, port));
    if (isThisMachine(hostname.replace(/^\[|\]$/g, ""))) this.#ports.add(port);
  }

  /** `hostname`: a name, or an address without brackets. What a name resolves to is asked for by its address. */
  includes(hostname: string, port: number): boolean {
    if (this.#hosts.has(hostKey(hostname, port))) return true;
    return this.#ports.has(port) && isThisMachine(hostname);
  }
}

/** Names have no upper case, and a dot at the end says nothing here. */
function hostKey(hostname: string, port: number): string {
  return `${hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase()} ${port}`;
}

/** Loopback, the addresses that stand for `here` (RFC 1122 §3.2.1.3), and those of the interfaces of now. */
function isThisMachine(hostname: string): boolean {
  if (/^(.*\.)?localhost\.?$/i.test(hostname)) return true;
  if (isIP(hostname.replace(/%.*$/, "")) === 0) return false;
  const interfaces = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const own = interfaces.map(({ address }) => address.replace(/%.*$/, ""));
  return new NetworkList(["127.0.0.0/8", "0.0.0.0/8", "::1", "::", ...own]).contains(hostname);
}
