import type { Readable } from "node:stream";
import { usageError } from "../command-error.ts";
import { parsePairingLink, type PairingLink } from "./pairing-link.ts";

/** Far more than a link has; standard input may be anything. */
const LONGEST = 64 * 1024;

/** The link that was typed, or what standard input has where `-` was: there, no list of processes shows it. */
export async function readPairingLink(word: string, stdin: Readable): Promise<PairingLink> {
  return parsePairingLink(word === "-" ? await readBounded(stdin) : word);
}

async function readBounded(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Buffer | string);
    length += bytes.length;
    if (length > LONGEST) throw usageError("error: standard input is no pairing link: it is too long");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}
