/**
 * A `targetUrl` taken apart as text. `new URL()` is not used for the path and the query: it resolves dot
 * segments and rewrites `|`, `'` and backslashes, and gateway spec §7 wants the bytes as they were written.
 */
export interface TargetUrl {
  /** `https://host:port`, normalised, for connection pools. */
  readonly origin: string;
  /** Value of the Host header: host and port as written. */
  readonly host: string;
  /** Without brackets, lower case. */
  readonly hostname: string;
  /** The host is written otherwise than it is read, such as `2852039166` for an address. */
  readonly disguised: boolean;
  /** As written; empty or beginning with a slash. */
  readonly path: string;
  /** As written, without the question mark; empty when there is none. */
  readonly query: string;
}

export type TargetUrlProblem =
  /** Not a URL at all. */
  | { readonly kind: "unparsable"; readonly cause: string }
  /** A URL that cannot be called: no scheme, no host, or another scheme than http and https. */
  | { readonly kind: "unusable"; readonly cause: string };

const SHAPE = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?$/;

export function parseTargetUrl(written: string): TargetUrl | TargetUrlProblem {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0020\u007f]/.test(written)) return unparsable("invalid character in URL");
  if (/%(?![0-9A-Fa-f]{2})/.test(written.replace(/[?#].*$/, ""))) return unparsable("invalid URL escape");
  if (written.startsWith(":")) return unparsable("missing protocol scheme");
  const match = SHAPE.exec(written);
  if (!match) return unusable("no scheme or host");
  const [, scheme = "", authority = "", path = "", query = ""] = match;
  // User information never leaves the gateway: it would be a credential outside the Secret.
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  if (host === "" || host.startsWith(":")) return unusable("no host");
  // `new URL()` reads a backslash as a slash, and the Host header would be another host than the connection's.
  if (host.includes("\\")) return unparsable("invalid character in host name");
  const server = serverOf(scheme, host);
  return "kind" in server ? server : { ...server, path, query };
}

type Server = Pick<TargetUrl, "origin" | "host" | "hostname" | "disguised">;

/** Those of the last targets: many stand on one server, and each would hold texts of its own that are the same. */
const servers = new Map<string, Server>();
const MOST_SERVERS = 1000;

function serverOf(scheme: string, host: string): Server | TargetUrlProblem {
  const written = `${scheme}://${host}`;
  const known = servers.get(written);
  if (known) return known;
  const server = parseServer(scheme, host);
  if ("kind" in server) return server;
  if (servers.size >= MOST_SERVERS) servers.clear();
  servers.set(written, server);
  return server;
}

function parseServer(scheme: string, host: string): Server | TargetUrlProblem {
  const parsed = parseOrigin(`${scheme}://${host}`);
  if (!parsed) return unparsable("invalid host or port");
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    return unusable(`unsupported protocol scheme "${scheme}"`);
  }
  const hostname = parsed.hostname.replace(/^\[|\]$/g, "");
  const spelled = host.replace(/:\d*$/, "").replace(/^\[|\]$/g, "");
  const disguised = spelled.toLowerCase() !== hostname;
  return { origin: parsed.origin, host, hostname, disguised };
}

function parseOrigin(origin: string): URL | undefined {
  return URL.canParse(origin) ? new URL(origin) : undefined;
}

function unparsable(cause: string): TargetUrlProblem {
  return { kind: "unparsable", cause };
}

function unusable(cause: string): TargetUrlProblem {
  return { kind: "unusable", cause };
}

/** For messages: a password has no place in a URL, but somebody may have put one there, or a key into the query. */
export function withoutUserInformation(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, "//").replace(/\?.*$/s, "");
}
