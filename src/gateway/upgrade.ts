import { createHash } from "node:crypto";
import { headerValue, type FlatHeaders } from "../http/flat-headers.ts";
import { connectionTokens } from "../http/hop-by-hop.ts";
import type { ParsedRequest } from "./check-request.ts";
import type { RequestHead } from "./request-head.ts";

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const PROTOCOL = new RegExp(`^${TOKEN}(?:/${TOKEN})?$`);

/** 16 bytes (RFC 6455 §4.1). */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * Whether the caller wants another protocol. Offers of HTTP/2 may be ignored (RFC 9110 §7.8), and Java's client makes
 * one with every request; passed on, they would let calls reach the target past the gateway.
 */
export function wantsUpgrade({ upgrade }: RequestHead): boolean {
  return upgrade !== undefined && !/^h2c?\b/i.test(upgrade);
}

/**
 * Why an upgrade is not passed on. What two parties could read differently is refused: one would take for a request
 * what the other takes for bytes of the new protocol.
 */
export function upgradeFault(request: ParsedRequest, head: RequestHead): string | undefined {
  const { rawHeaders, httpVersion } = request;
  const { upgrade = "" } = head;
  if (httpVersion !== "1.1") return "it needs HTTP/1.1";
  if (head.hasBody) return "the request has a body";
  if (count(rawHeaders, "upgrade") !== 1 || !PROTOCOL.test(upgrade)) return "it must name one protocol";
  // Whoever speaks HTTP in the tunnel would call whatever path he likes.
  if (/^http\b/i.test(upgrade)) return "HTTP is no other protocol";
  if (connectionTokens(rawHeaders)?.has("upgrade") !== true) return "Connection does not name Upgrade";
  return isWebSocket(upgrade) ? webSocketFault(request) : undefined;
}

/** Whether a 101 of the target answers this very request, and not one that a cache or another caller has made. */
export function answersUpgrade(request: FlatHeaders, answer: FlatHeaders): boolean {
  if (!isWebSocket(headerValue(request, "upgrade") ?? "")) return true;
  const accept = createHash("sha1")
    .update(`${headerValue(request, "sec-websocket-key")}${KEY_SUFFIX}`)
    .digest("base64");
  return (
    count(answer, "sec-websocket-accept") === 1 && headerValue(answer, "sec-websocket-accept") === accept
  );
}

function isWebSocket(protocol: string): boolean {
  return protocol.toLowerCase() === "websocket";
}

function webSocketFault({ method, rawHeaders }: ParsedRequest): string | undefined {
  if (method !== "GET") return "a WebSocket is opened by GET";
  const isKey = KEY.test(headerValue(rawHeaders, "sec-websocket-key") ?? "");
  if (isKey && count(rawHeaders, "sec-websocket-key") === 1) return undefined;
  return "a WebSocket needs one Sec-WebSocket-Key of 16 bytes";
}

function count(headers: FlatHeaders, lowerCaseName: string): number {
  return headers.filter((name, index) => index % 2 === 0 && name.toLowerCase() === lowerCaseName).length;
}
