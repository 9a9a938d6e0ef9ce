/** Where the first thing begins that is neither white space, comment nor processing instruction. */
function prologEnd(text: string): number {
  let index = 0;
  for (;;) {
    const start = text.indexOf("<", index);
    if (start < 0) return text.length;
    const end = skipped(text, start);
    if (end === undefined) return start;
    index = end;
  }
}

function skipped(text: string, start: number): number | undefined {
  const closing = text.startsWith("<?", start) ? "?>" : text.startsWith("<!--", start) ? "-->" : undefined;
  if (closing === undefined) return undefined;
  const end = text.indexOf(closing, start + 2);
  return end < 0 ? text.length : end + closing.length;
}

/** Whether a DOCTYPE stands before the root element, the one place where XML allows it (XML 1.0 section 2.8). */
export function declaresDocumentType(text: string): boolean {
  return /^<!DOCTYPE/i.test(text.slice(prologEnd(text), prologEnd(text) + 9));
}

/** Name of the root element without its prefix; empty where there is none. */
export function rootElement(text: string): string {
  const start = prologEnd(text);
  const [, name = ""] =
    /^<(?:[^\s:<>/]{1,100}:)?([^\s:<>/]{1,100})/.exec(text.slice(start, start + 300)) ?? [];
  return name;
}
