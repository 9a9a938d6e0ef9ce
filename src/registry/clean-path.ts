/**
 * The path without empty and dot segments, as the original's router redirects to it (registry spec §2). A slash
 * at the end stays.
 */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    const plain = segment.replace(/%2e/gi, ".");
    if (plain === "..") kept.pop();
    else if (plain !== "." && plain !== "") kept.push(segment);
  }
  const ending = /(?:^|\/)(?:\.|%2e){0,2}$/i.test(path) && kept.length > 0 ? "/" : "";
  return `/${kept.join("/")}${ending}`;
}
