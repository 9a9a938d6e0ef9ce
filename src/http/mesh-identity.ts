/**
 * A pair of an element: values with separators in them are quoted, a quote inside is escaped. Quotes that
 * nobody closes end with the text, so that no header makes the search begin again and again.
 */
const PAIR = /(?:^|;)\s*([A-Za-z]+)=("(?:[^"\\]|\\[^]?)*(?:"|$)|[^;]*)/g;

/** An element: everything up to a comma that stands in no quotes. */
const ELEMENT = /(?:"(?:[^"\\]|\\[^]?)*(?:"|$)|[^",])+/g;

/**
 * Who the service mesh says the caller is: the URI (SPIFFE) or else the subject of the certificate that the
 * nearest proxy has seen, which it writes as the last element of X-Forwarded-Client-Cert (Envoy's format).
 * undefined where the header names nobody. It is worth what the mesh is: without one, callers write it.
 */
export function meshIdentity(forwardedClientCertificate: string): string | undefined {
  const element = forwardedClientCertificate.match(ELEMENT)?.at(-1);
  if (element === undefined) return undefined;
  let subject: string | undefined;
  for (const [, name = "", written = ""] of element.matchAll(PAIR)) {
    const value = unquoted(written.trim());
    if (value === "") continue;
    if (name.toLowerCase() === "uri") return value;
    if (name.toLowerCase() === "subject") subject = value;
  }
  return subject;
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1).replace(/\\(.)/g, "$1")
    : value;
}
