import type { IncomingHttpHeaders } from "node:http";

/** Characters of a manager's name. */
const LONGEST = 128;

/** Whose the fields are that a request writes: as it says, or else the program that sends it (admin-api spec §9). */
export function writerName(query: URLSearchParams, headers: IncomingHttpHeaders): string {
  const named = query.get("fieldManager");
  if (named) return named;
  const [program = ""] = (headers["user-agent"] ?? "").split("/", 1);
  return program.replaceAll(/\p{C}/gu, "").slice(0, LONGEST) || "unknown";
}
