import { join } from "node:path";
import { reasonOf } from "../../core/failures.ts";
import { readPrivateFileIfThere, writePrivateFile } from "../../pki/private-file.ts";
import { CommandError } from "../command-error.ts";
import { textAt, valueAt } from "../json-fields.ts";
import { realDisk } from "./disk.ts";
import type { ExternalAnswer } from "./external-call.ts";

/**
 * What the server told for the link. It spends the link's token and gives another in its place, so that
 * without this an interrupted pairing could not be repeated.
 */
export class PendingPairing {
  readonly #path: string;
  readonly #fingerprint: string;

  /** `fingerprint` is the link's: what was told for another link is not found. */
  constructor(directory: string, fingerprint: string) {
    this.#path = join(directory, ".pairing.json");
    this.#fingerprint = fingerprint;
  }

  async read(): Promise<ExternalAnswer | undefined> {
    const text = await this.#guard(() => readPrivateFileIfThere(this.#path));
    const value = text === undefined ? undefined : parsed(text);
    if (textAt(value, "link") !== this.#fingerprint) return undefined;
    return { status: 200, body: valueAt(value, "answer"), authority: textAt(value, "authority") ?? "" };
  }

  async write({ body, authority }: ExternalAnswer): Promise<void> {
    const content = JSON.stringify({ link: this.#fingerprint, answer: body, authority });
    await this.#guard(() => writePrivateFile(this.#path, content));
  }

  async remove(): Promise<void> {
    await this.#guard(() => realDisk.remove(this.#path));
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw new CommandError(reasonOf(error), { cause: error });
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
