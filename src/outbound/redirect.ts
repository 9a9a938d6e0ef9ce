import { parseTargetUrl } from "../core/target-url.ts";
import type { ExchangeRequest } from "./exchange-request.ts";
import { withCertificate } from "./tls-identity.ts";

/**
 * The request that a redirect asks for, or why it is not made. Methods change as in every browser and in the
 * original: 307 and 308 repeat method and body, the others turn a POST into a GET.
 *
 * The original's HTTP client sends the body of a 307 or 308, and with it the client secret, to whatever host
 * the answer names. Here nothing secret leaves the origin that the configuration names: another origin gets
 * neither private headers nor client certificate, a body is not sent there at all, and encryption is not
 * given up. What was dropped stays dropped when a later redirect leads back.
 */
export function redirect(from: ExchangeRequest, status: number, location: string): ExchangeRequest | string {
  const base = `${from.origin}${from.path}`;
  // Header values are Latin-1 text; those of them that are not ASCII are UTF-8 in practice.
  const written = Buffer.from(location, "latin1").toString("utf8");
  if (!URL.canParse(written, base)) return "redirected to something that is not a URL";
  const target = parseTargetUrl(new URL(written, base).href);
  if ("kind" in target) return `redirected to a URL that cannot be called: ${target.cause}`;

  const repeats = status === 307 || status === 308;
  const next: ExchangeRequest = {
    ...from,
    origin: target.origin,
    path: `${target.path || "/"}${target.query === "" ? "" : `?${target.query}`}`,
    method: repeats ? from.method : "GET",
    body: repeats ? from.body : undefined,
    headers: repeats ? from.headers : withoutContentHeaders(from.headers),
  };
  if (target.origin === from.origin) return next;
  if (from.origin.startsWith("https:") && !target.origin.startsWith("https:")) {
    return "redirected from https to http";
  }
  if (next.body) return "redirected to another origin, to which credentials are not sent";
  // Whatever the configuration names exactly, it is not what a server names.
  return { ...next, disguised: true, privateHeaders: [], tls: withCertificate(from.tls, undefined) };
}

function withoutContentHeaders(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? "";
    if (!name.toLowerCase().startsWith("content-")) kept.push(name, headers[index + 1] ?? "");
  }
  return kept;
}
