/** A strong entity tag (RFC 9110 §8.8.3) of a hash in hex. */
export function entityTag(hash: string): string {
  return `"${hash}"`;
}

/**
 * What If-Match asks for (RFC 9110 §13.1.1): whether a hash is among its tags; undefined where the header is
 * absent. Weak tags never match; `*` matches whatever is there.
 */
export function ifMatch(header: string | undefined): ((hash: string) => boolean) | undefined {
  if (header === undefined) return undefined;
  const tags = tagsOf(header);
  return (hash) => tags === "any" || tags.includes(entityTag(hash));
}

/** Whether If-None-Match has the tag, weak or strong (RFC 9110 §13.1.2). */
export function isKnownTag(header: string | undefined, hash: string): boolean {
  const tags = tagsOf(header ?? "");
  return tags === "any" || tags.some((tag) => tag.replace(/^W\//, "") === entityTag(hash));
}

/** `*` stands alone or means nothing. */
function tagsOf(header: string): "any" | readonly string[] {
  const tags = header.split(",").map((tag) => tag.trim());
  return tags.length === 1 && tags[0] === "*" ? "any" : tags;
}
