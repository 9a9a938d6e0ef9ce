/** Elements and links that run a program where HTML in Markdown is shown without being cleaned. */
const ACTIVE = /<(?:script|iframe|object|embed)\b|\bon(?:error|load|click|mouseover|focus)\s*=|javascript:/i;

/** What to say of a text that carries HTML able to act; it is kept as it is, and cleaned where it is shown. */
export function activeContent(text: string): string | undefined {
  const match = ACTIVE.exec(text);
  return match
    ? `The text has active content ("${match[0]}"), which is shown without its effect.`
    : undefined;
}
