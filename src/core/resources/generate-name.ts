/** Without vowels and look-alikes, so that no word and no doubt arises (the API server's own alphabet). */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;
const LONGEST_NAME = 63;

/**
 * `generateName` + 5 random characters, the prefix cut so that the whole fits a DNS label. `random` gives
 * whole numbers from 0 up to, without, its argument.
 */
export function generateName(prefix: string, random: (below: number) => number): string {
  let suffix = "";
  while (suffix.length < SUFFIX_LENGTH) suffix += ALPHABET.charAt(random(ALPHABET.length));
  return prefix.slice(0, LONGEST_NAME - SUFFIX_LENGTH) + suffix;
}
