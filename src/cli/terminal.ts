import type { Readable } from "node:stream";
import type { Environment } from "../config/read-environment.ts";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** The edges of a command: what it reads and where it writes. */
export interface Terminal {
  readonly environment: Environment;
  readonly stdin: Readable;
  /** What was asked for, and nothing else. */
  readonly stdout: Output;
  /** Problems, warnings, progress. */
  readonly stderr: Output;
}

export async function readAll(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Buffer | string));
  return Buffer.concat(chunks).toString("utf8");
}
