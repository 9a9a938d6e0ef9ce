/**
 * Text whose paragraphs fill lines of `width` characters. What is indented is an example, a table or a list, and stays
 * as it is, with the line above it.
 */
export function reflow(text: string, width: number): string {
  return text
    .split("\n\n")
    .map((paragraph) => (/^ /m.test(paragraph) ? paragraph : filled(paragraph, width)))
    .join("\n\n");
}

function filled(paragraph: string, width: number): string {
  const [, before = "", inner = "", after = ""] = /^(\n*)([^]*?)(\n*)$/.exec(paragraph) ?? [];
  const lines: string[] = [];
  for (const word of inner.split(/[ \n]+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return before + lines.join("\n") + after;
}
