import { Failure } from "../core/failures.ts";
import { outboundFailures } from "./failures.ts";

/** An HTTP proxy, as a URL in the environment names it. */
export interface ProxyServer {
  /** IPv6 addresses without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The proxy itself is spoken to over TLS. */
  readonly secure: boolean;
  /** Value of Proxy-Authorization. */
  readonly authorization: string | undefined;
}

/**
 * Parses a proxy's URL; without a scheme it is `http://`. Throws a Failure that names the variable it came
 * from and never the value, which may hold a password.
 */
export function parseProxyServer(written: string, variable: string): ProxyServer {
  const text = written.includes("://") ? written : `http://${written}`;
  if (!URL.canParse(text)) throw unusable(variable, "it is not a URL");
  const { protocol, hostname, port, username, password } = new URL(text);
  const secure = protocol === "https:";
  if (!secure && protocol !== "http:")
    throw unusable(variable, "only http:// and https:// proxies are known");
  return {
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (secure ? 443 : 80) : Number(port),
    secure,
    authorization:
      username === "" && password === "" ? undefined : basic(decoded(username), decoded(password)),
  };
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** A percent sign that begins no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unusable(variable: string, reason: string): Failure {
  return new Failure("OUTBOUND_PROXY_UNUSABLE", outboundFailures.OUTBOUND_PROXY_UNUSABLE, [variable, reason]);
}
