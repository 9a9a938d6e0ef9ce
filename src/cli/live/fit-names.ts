/** Less than so many characters of a name tell nothing. */
const FEWEST = 6;

/**
 * Widths for the columns of names of which the widest are made narrower, until all have room together; or all that can
 * be done has been done.
 */
export function fitWidths(widths: readonly number[], room: number): readonly number[] {
  const fitted = [...widths];
  let missing = fitted.reduce((sum, width) => sum + width, 0) - room;
  while (missing > 0) {
    const widest = Math.max(...fitted);
    if (widest <= FEWEST) break;
    fitted[fitted.indexOf(widest)] = widest - 1;
    missing--;
  }
  return fitted;
}

/** A name without its middle where it is too long: names that begin alike are told apart by their ends. */
export function fitName(name: string, width: number): string {
  if (name.length <= width) return name;
  const end = Math.floor((width - 1) / 2);
  return `${name.slice(0, width - 1 - end)}…${end > 0 ? name.slice(-end) : ""}`;
}
