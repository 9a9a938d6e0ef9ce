/** A text of at most `most` characters, an ellipsis included, never ending in half a character. */
export function shortText(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${text
        .slice(0, most - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, "")}…`;
}

/** The same where it is a text with anything in it. */
export function shortTextOf(value: unknown, most: number): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? shortText(value, most) : undefined;
}

/** A text, number or truth value as a text; empty for anything else, whose conversion a document could spoil. */
export function plainText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}
