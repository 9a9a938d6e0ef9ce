/** One of the media types that a caller accepts, in lower case. */
export interface AcceptEntry {
  readonly type: string;
  /** Names in lower case; values as they were written, without quotation marks. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The entries of an `Accept` header that the caller takes, the most wanted first: an entry with a lower `q` comes
 * later, one with `q=0` not at all. None where the header is absent or empty.
 */
export function acceptEntries(accept: string | undefined): readonly AcceptEntry[] {
  if (accept === undefined || accept.trim() === "") return [];
  const entries = accept.split(",").map(parseEntry);
  const quality = ({ parameters }: AcceptEntry) => Number(parameters.get("q") ?? "1");
  return entries.filter((entry) => quality(entry) > 0).toSorted((a, b) => quality(b) - quality(a));
}

function parseEntry(text: string): AcceptEntry {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = rest.map((part): [string, string] => {
    const [name = "", value = ""] = part.split("=", 2);
    return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1")];
  });
  return { type: type.toLowerCase(), parameters: new Map(parameters) };
}
