/** What a request body holds. */
export interface DecodedBody {
  readonly value: unknown;
  /** Paths of keys that stand more than once; the last value won (admin-api spec §8.5). */
  readonly duplicates: readonly string[];
}

/** As many stray fields are reported as the API server reports; a body may have a million. */
export const MOST_STRAY = 100;

/** Why a body cannot be read. The text never quotes it: it may be a Secret. */
export class UnreadableBody extends Error {}

/** The deepest nesting that is read; our schemas need less than twenty. */
export const DEEPEST = 256;

export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UnreadableBody("invalid UTF-8");
  }
}
