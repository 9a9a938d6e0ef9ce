import { BlockList, isIP } from "node:net";

/** The proxies that the environment names, by the conventions that curl and Go share. */
export interface ProxyEnvironment {
  readonly http: string | undefined;
  readonly https: string | undefined;
  readonly exceptions: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY (either case); undefined when there is no proxy. */
export function readProxyEnvironment(environment: Environment): ProxyEnvironment | undefined {
  const value = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const http = value("HTTP_PROXY");
  const https = value("HTTPS_PROXY");
  if (http === undefined && https === undefined) return undefined;
  const exceptions = (value("NO_PROXY") ?? "").split(/[\s,]+/).filter((item) => item !== "");
  return { http: withScheme(http), https: withScheme(https), exceptions };
}

function withScheme(proxy: string | undefined): string | undefined {
  return proxy === undefined || proxy.includes("://") ? proxy : `http://${proxy}`;
}

/** The proxy for an origin. As in Go, localhost and loopback addresses are never sent to a proxy. */
export function proxyFor(origin: string, proxies: ProxyEnvironment | undefined): string | undefined {
  if (!proxies) return undefined;
  const { protocol, hostname, port } = new URL(origin);
  const proxy = protocol === "https:" ? proxies.https : proxies.http;
  if (proxy === undefined) return undefined;
  const host = hostname.replace(/^\[|\]$/g, "");
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
  const [, name = exception, onlyPort] = /^(.*?)(?::(\d+))?$/.exec(exception.toLowerCase()) ?? [];
  if (isIP(exception)) return exception.toLowerCase() === host;
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const bare = name.replace(/^\*?\./, "");
  return host === bare || host.endsWith(`.${bare}`);
}

function inNetwork(network: string, host: string): boolean {
  const [address = "", bits] = network.split("/");
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 6 ? "ipv6" : "ipv4");
  return list.check(host, family === 6 ? "ipv6" : "ipv4");
}
