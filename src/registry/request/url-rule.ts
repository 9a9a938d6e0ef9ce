import { isIPv6 } from "node:net";

/** In characters, not UTF-16 units. */
const [SHORTEST, LONGEST] = [4, 2082] as const;

const SCHEME = /^(?:https?|ftp|tcp|udp|wss?):\/\//;

/**
 * What the original takes for a URL (registry spec §3), which is not RFC 3986: the scheme may be left out.
 * Written by hand because its regular expression takes exponential time in this engine; every expression here
 * is anchored, without nested repetition, and sees a text of bounded length.
 */
export function isUrl(value: string): boolean {
  if (value.startsWith(".") || !isOfAllowedLength(value) || UNWRITABLE.test(value)) return false;
  const scheme = SCHEME.exec(value)?.[0] ?? "";
  const rest = value.slice(scheme.length);
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  if (!isParseable(end < 0 ? "" : rest.slice(end))) return false;
  const at = authority.lastIndexOf("@");
  if (at >= 0 && !isUserInformation(authority.slice(0, at))) return false;
  if (!isHostWithPort(authority.slice(at + 1))) return false;
  // Without a scheme a word alone is a path, not a host.
  return scheme !== "" || authority.includes(":") || withoutQuery(value).includes(".");
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNWRITABLE = /[\s\u0000-\u001f\u007f]/;

function isOfAllowedLength(value: string): boolean {
  if (value.length < SHORTEST || value.length > 2 * LONGEST) return false;
  const { length } = Array.from(value);
  return length >= SHORTEST && length <= LONGEST;
}

/** Path and fragment carry whole percent escapes; Go's parser does not look into a query. */
function isParseable(tail: string): boolean {
  return hasWholeEscapes(tail.replace(/\?[^#]*/, ""));
}

function hasWholeEscapes(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text);
}

function isUserInformation(text: string): boolean {
  return /^[A-Za-z0-9\-._:~!$&'()*+,;=%]+$/.test(text) && hasWholeEscapes(text);
}

function isHostWithPort(text: string): boolean {
  const inBrackets = /^\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?$/.exec(text)?.[1];
  if (inBrackets !== undefined) return isIPv6(inBrackets);
  const name = /^([^:]+)(?::\d{1,5})?$/.exec(text)?.[1];
  return name !== undefined && isHostName(name);
}

/** A dot at the end is the root of all names: `http://service.:8080`. */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  const isAddress = labels.length === 4 && labels.every((label) => /^\d+$/.test(label));
  return isAddress ? isAddressOfHost(labels) : labels.every((label) => LABEL.test(label));
}

/** Letters of other scripts are names too, which go into DNS in their ASCII form. */
const LABEL = /^[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}])?$/u;

/** IPv4 without "this network", multicast and what is reserved. A leading zero would be read as octal. */
function isAddressOfHost(octets: readonly string[]): boolean {
  const first = Number(octets[0]);
  const areOctets = octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
  return areOctets && first >= 1 && first <= 223;
}

function withoutQuery(value: string): string {
  return value.replace(/[?#].*$/, "");
}
