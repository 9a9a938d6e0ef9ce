import type { ApiNumbers } from "./api-numbers.ts";

/** For how many tables an API that is not called stays, so that lines do not jump. */
const KEPT = 15;

interface Known {
  numbers: ApiNumbers;
  quietFor: number;
}

/** The APIs of the last tables: one that is not called now stays for a while, with zeros. */
export class KnownApis {
  readonly #apis = new Map<string, Known>();

  /** What comes of the rows of a new table. */
  take(rows: readonly ApiNumbers[]): readonly ApiNumbers[] {
    for (const [key, known] of this.#apis) {
      if (++known.quietFor > KEPT) this.#apis.delete(key);
      else known.numbers = silent(known.numbers);
    }
    for (const numbers of rows) this.#apis.set(numbers.names.join("/"), { numbers, quietFor: 0 });
    return Array.from(this.#apis.values(), ({ numbers }) => numbers);
  }
}

function silent({ names }: ApiNumbers): ApiNumbers {
  return { names, calls: 0, errors: 0, refused: 0, inFlight: 0, p50: undefined, p99: undefined };
}
