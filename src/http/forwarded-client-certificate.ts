import { hexPair, readDistinguishedName } from "./distinguished-name.ts";
import { clientSubject } from "./client-subject.ts";
import type { ClientIdentity } from "./client-identity.ts";

/** One certificate that a proxy says it has seen. */
export interface ForwardedElement {
  /** As it stands there; undefined where there is none. */
  readonly hash: string | undefined;
  /** RFC 2253 text; undefined where there is none, empty where the certificate has no subject. */
  readonly subject: string | undefined;
  /** The first of its URIs: in a service mesh the SPIFFE identity. */
  readonly uri: string | undefined;
  /** There are others: then no certificate of a mesh, which has exactly one (SPIFFE X509-SVID §2), was seen. */
  readonly hasSeveralUris?: true;
}

export interface Malformed {
  /** What is wrong, without a value of the header. */
  readonly malformed: string;
}

/** `subject` is RFC 2253 text, best from `writeDistinguishedName`; `hash` lower-case hex SHA-256 of the DER. */
export function formatForwardedClientCertificate(element: {
  readonly hash: string;
  readonly subject: string;
}): string {
  return `Hash=${element.hash};Subject="${quotedName(element.subject)}";URI=`;
}

/**
 * Envoy's grammar wants `"` as `\"`, but Envoy itself copies RFC 2253 text as it is, where `\"` is a quote
 * already. Hex pairs mean the same to both readings, and no line break or quote is left in the header.
 */
function quotedName(subject: string): string {
  return subject.replace(/\\([^0-9A-Fa-f])|"|[^ -~]|\\$/gu, (found, escaped?: string) => {
    if (escaped !== undefined && !/["\\]|[^ -~]/.test(escaped)) return found;
    return Array.from(Buffer.from((escaped ?? found).toWellFormed()), hexPair).join("");
  });
}

/**
 * Reads `X-Forwarded-Client-Cert` (Envoy's grammar), several lines joined by `,`. Beyond the grammar,
 * elements may be glued with `;` alone: a second By, Hash or Subject begins the next one (connector spec §15).
 */
export function parseForwardedClientCertificate(value: string): readonly ForwardedElement[] | Malformed {
  const elements: MutableElement[] = [];
  let current: MutableElement | undefined;
  let at = 0;
  while (at < value.length) {
    SEPARATOR.lastIndex = at;
    const separator = SEPARATOR.exec(value)?.[0] ?? "";
    at += separator.length;
    if (separator.includes(",")) current = undefined;
    if (at === value.length) break;
    PAIR.lastIndex = at;
    const pair = PAIR.exec(value);
    if (!pair) return { malformed: "a part of it is not of the form Key=Value" };
    const [, key = "", quoted, plain = ""] = pair;
    const name = key.toLowerCase();
    if (name === "subject" && quoted === undefined && plain !== "") {
      return { malformed: "a Subject is not in quotes" };
    }
    if (!current || current.seen.has(name)) elements.push((current = newElement()));
    note(current, name, quoted ?? plain);
    at = PAIR.lastIndex;
  }
  return elements.map(({ hash, subject, uri, hasSeveralUris }) => ({
    hash,
    subject,
    uri,
    ...(hasSeveralUris && { hasSeveralUris }),
  }));
}

const SEPARATOR = /[ \t,;]*/y;
// Inside quotes a backslash takes the next character with it, whatever it is; a quote ends only at a separator.
const PAIR = /([A-Za-z]+)=(?:"([^"\\]*(?:\\[^][^"\\]*)*)"[ \t]*(?=[,;]|$)|([^",;]*))(?=[,;]|$)/y;

interface MutableElement {
  hash: string | undefined;
  subject: string | undefined;
  uri: string | undefined;
  hasSeveralUris?: true;
  /** Keys that stand in an element at most once. */
  readonly seen: Set<string>;
}

function newElement(): MutableElement {
  return { hash: undefined, subject: undefined, uri: undefined, seen: new Set() };
}

function note(element: MutableElement, name: string, value: string): void {
  if (name === "uri" && element.uri && value.trim() !== "") element.hasSeveralUris = true;
  if (name === "uri") element.uri ||= value.trim();
  if (name !== "by" && name !== "hash" && name !== "subject") return;
  element.seen.add(name);
  if (name === "hash") element.hash = value.trim();
  if (name === "subject") element.subject = value;
}

export type HeaderIdentity =
  | { readonly kind: "identity"; readonly identity: ClientIdentity }
  /** No such header, or an empty one. */
  | { readonly kind: "empty" }
  /** No element has a subject. */
  | { readonly kind: "no-subject" }
  | { readonly kind: "malformed"; readonly reason: string };

/**
 * Whom a trusted proxy's header lines name: the right-most element with a non-empty Subject, because what
 * stands left of it may have come from the client (connector spec §15). A hash that is no SHA-256 in hex is
 * left out.
 */
export function identityFromHeader(lines: readonly string[]): HeaderIdentity {
  if (lines.every((line) => line.trim() === "")) return { kind: "empty" };
  const elements = parseForwardedClientCertificate(lines.join(","));
  if ("malformed" in elements) return { kind: "malformed", reason: elements.malformed };
  const element = elements.findLast(({ subject }) => subject !== undefined && subject !== "");
  if (!element?.subject) return { kind: "no-subject" };
  const names = readDistinguishedName(element.subject);
  if (!names) return { kind: "malformed", reason: "a Subject is no RFC 2253 name" };
  const hash = element.hash?.toLowerCase() ?? "";
  return {
    kind: "identity",
    identity: {
      subject: clientSubject(names),
      hash: /^[0-9a-f]{64}$/.test(hash) ? hash : undefined,
      notAfter: undefined,
    },
  };
}
