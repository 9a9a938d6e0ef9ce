import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { onDisk } from "../blob-errors.ts";
import { IncomingFile } from "../incoming-file.ts";

/**
 * Where contents wait until their hash is known, which is their name in the bucket. A file is bounded by the
 * disk and not by memory, and what a killed process left of it is found, unlike parts of an upload in a bucket.
 */
export class Spool {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Below a data directory, which one process uses at a time; removes what a killed process left. */
  static async open(dataDirectory: string): Promise<Spool> {
    const directory = join(resolve(dataDirectory), "blobs", "incoming");
    await onDisk(rm(directory, { recursive: true, force: true }));
    await onDisk(mkdir(directory, { recursive: true, mode: 0o700 }));
    return new Spool(directory);
  }

  newFile(): Promise<IncomingFile> {
    return IncomingFile.create(join(this.#directory, randomUUID()));
  }
}
