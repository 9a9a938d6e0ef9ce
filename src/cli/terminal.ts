import type { Readable } from "node:stream";
import type { Environment } from "../config/read-environment.ts";

export interface Output {
  write(output: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  /** Of a terminal. */
  readonly columns?: number;
  readonly rows?: number;
  on?(event: "resize", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
}

/** The edges of a command: what it reads and where it writes. */
export interface Terminal {
  readonly environment: Environment;
  readonly stdin: Readable;
  /** What was asked for, and nothing else. */
  readonly stdout: Output;
  /** Problems, warnings, progress. */
  readonly stderr: Output;
  /** From now on the process goes on when nobody takes its output: a server has more to do than to log. */
  outliveOutput(): void;
}

export async function readAll(input: Readable): Promise<string> {
  return (await readBytes(input)).toString("utf8");
}

export async function readBytes(input: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Buffer | string));
  return Buffer.concat(chunks);
}
