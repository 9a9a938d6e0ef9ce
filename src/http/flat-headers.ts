/**
 * Headers as one flat array, name, value, name, value …, as they came over the wire: order, case and
 * repetitions kept. Header values are Latin-1 text, as Node gives them.
 */
export type FlatHeaders = readonly string[];

/** The first value of a header, the name compared without case; undefined when there is none. */
export function headerValue(headers: FlatHeaders, lowerCaseName: string): string | undefined {
  const length = lowerCaseName.length;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name.length === length && name.toLowerCase() === lowerCaseName) return headers[index + 1];
  }
  return undefined;
}
