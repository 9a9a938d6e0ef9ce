/** How many files of a log are kept beside the one that is written. */
export const OLD_FILES = 5;

/** The name of a log file that was renamed so many times. */
export function oldName(path: string, number: number): string {
  return number === 0 ? path : `${path}.${number}`;
}
