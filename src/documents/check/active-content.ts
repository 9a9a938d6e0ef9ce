import { shortText } from "./short-text.ts";

/**
 * Elements, attributes and links that run a program where HTML in Markdown is shown without being cleaned. No
 * part of the pattern reads a character twice: texts may be megabytes long.
 */
const ACTIVE =
  /<(?:script|iframe|object|embed)\b|<[a-z][^<>]{0,500}\bon[a-z]{3,20}\s{0,10}=|(?:\]\(|["'=])\s{0,10}javascript:/i;

/** What to say of a text that carries HTML able to act; it is kept as it is, and cleaned where it is shown. */
export function activeContent(text: string): string | undefined {
  // Each of them has one of these, and most texts have neither.
  const match = text.includes("<") || text.includes(":") ? ACTIVE.exec(text) : null;
  return match
    ? `The text has active content ("${shortText(match[0], 100)}"), which is shown without its effect.`
    : undefined;
}
