/** The token in a caller's `Authorization: Bearer …` (RFC 6750 §2.1); undefined for anything else. */
export function subjectTokenOf(authorization: string | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization ?? "")?.[1];
}

/**
 * Milliseconds that a token lives, where it says so itself: `exp` of a JSON Web Token. Nothing of it is verified,
 * which is the identity provider's part; it only shortens the life of what the token is exchanged for.
 */
export function remainingLife(token: string, now: number): number | undefined {
  const [, claims, signature, ...more] = token.split(".");
  if (claims === undefined || signature === undefined || more.length > 0) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
    if (typeof parsed !== "object" || parsed === null || !("exp" in parsed)) return undefined;
    return typeof parsed.exp === "number" ? parsed.exp * 1000 - now : undefined;
  } catch {
    // Two dots do not make it one.
    return undefined;
  }
}
