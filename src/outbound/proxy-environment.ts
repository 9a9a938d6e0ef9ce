import { BlockList, isIP } from "node:net";
import { Failure } from "../core/failures.ts";
import { isNetwork } from "../core/network.ts";
import { outboundFailures } from "./failures.ts";
import { parseProxyServer, type ProxyServer } from "./proxy-server.ts";

/** The proxies that the environment names, by the conventions that curl and Go share. */
export interface ProxyEnvironment {
  readonly http: ProxyServer | undefined;
  readonly https: ProxyServer | undefined;
  readonly exceptions: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY (either case); undefined when there is no proxy. Throws a
 * Failure for what cannot be used.
 */
export function readProxyEnvironment(environment: Environment): ProxyEnvironment | undefined {
  const value = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const proxy = (name: string) => {
    const written = value(name);
    return written === undefined ? undefined : parseProxyServer(written, name);
  };
  const http = proxy("HTTP_PROXY");
  const https = proxy("HTTPS_PROXY");
  if (!http && !https) return undefined;
  const exceptions = (value("NO_PROXY") ?? "").split(/[\s,]+/).filter((item) => item !== "");
  const misspelt = exceptions.find((exception) => exception.includes("/") && !isNetwork(exception));
  if (misspelt !== undefined) {
    const definition = outboundFailures.OUTBOUND_NO_PROXY_UNUSABLE;
    throw new Failure("OUTBOUND_NO_PROXY_UNUSABLE", definition, [misspelt]);
  }
  return { http, https, exceptions };
}

/** The proxy for an origin. As in Go, localhost and loopback addresses are never sent to a proxy. */
export function proxyFor(origin: string, proxies: ProxyEnvironment | undefined): ProxyServer | undefined {
  if (!proxies) return undefined;
  const { protocol, hostname, port } = new URL(origin);
  const proxy = protocol === "https:" ? proxies.https : proxies.http;
  if (!proxy) return undefined;
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isLoopback(host)) return undefined;
  const effectivePort = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return proxies.exceptions.some((exception) => excepts(exception, host, effectivePort)) ? undefined : proxy;
}

function isLoopback(host: string): boolean {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "::1" ||
    (isIP(host) === 4 && host.startsWith("127."))
  );
}

/** `*`, a name with or without leading dot (it and its sub-domains), an address, a network, each with `:port`. */
function excepts(exception: string, host: string, port: string): boolean {
  if (exception === "*") return true;
  if (exception.includes("/")) return inNetwork(exception, host);
  if (isIP(exception)) return isSameAddress(exception, host);
  const [, written = "", onlyPort] = /^(.*?)(?::(\d+))?$/.exec(exception.toLowerCase()) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const name = written.replace(/^\[|\]$/g, "");
  if (isIP(name)) return isSameAddress(name, host);
  const bare = name.replace(/^\*?\./, "").replace(/\.$/, "");
  return bare !== "" && (host === bare || host.endsWith(`.${bare}`));
}

/** An IPv6 address has many spellings. */
function isSameAddress(address: string, host: string): boolean {
  return inNetwork(`${address}/${isIP(address) === 6 ? 128 : 32}`, host);
}

function inNetwork(network: string, host: string): boolean {
  const [address = "", bits] = network.split("/");
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 6 ? "ipv6" : "ipv4");
  return list.check(host, family === 6 ? "ipv6" : "ipv4");
}
