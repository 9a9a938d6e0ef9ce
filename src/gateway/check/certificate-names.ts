/** Enough to see which server answered. */
const MOST_NAMES = 5;

/**
 * Which names the certificate has that was refused for none of them being right; empty for other failures. The
 * certificate comes from whoever answered, so nothing is repeated of it but what can be a name.
 */
export function certificateNamesText(error: unknown): string {
  const alternatives = alternativesOf(error);
  if (alternatives === undefined) return "";
  const names = [...alternatives.matchAll(/(?:DNS|IP Address):([\w.:*-]{1,253})/g)].map(([, name]) => name);
  if (names.length === 0) return ": it has none";
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : "";
  return `: it is for ${names.slice(0, MOST_NAMES).join(", ")}${more}`;
}

/** `subjectaltname` as Node writes it: `DNS:a.example, IP Address:10.0.0.1`. */
function alternativesOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ((error as NodeJS.ErrnoException).code !== "ERR_TLS_CERT_ALTNAME_INVALID") {
    return alternativesOf(error.cause);
  }
  const { cert } = error as Error & { readonly cert?: { readonly subjectaltname?: string } };
  return cert?.subjectaltname ?? "";
}
