import type { Readable } from "node:stream";
import { usageError } from "../command-error.ts";
import type { Terminal } from "../terminal.ts";
import { parsePairingLink, type PairingLink } from "./pairing-link.ts";

/** Far more than a link has; standard input may be anything. */
const LONGEST = 64 * 1024;

/** The link that was typed, or what standard input has where `-` was: there, no list of processes shows it. */
export async function readPairingLink(word: string, { stdin, stderr }: Terminal): Promise<PairingLink> {
  if (word !== "-") return parsePairingLink(word);
  if ("isTTY" in stdin && stdin.isTTY === true) stderr.write("Pairing link: ");
  return parsePairingLink(await readLine(stdin));
}

/** The first line with something in it: at a terminal, nobody should have to end the input. */
async function readLine(stdin: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stdin) {
    text += Buffer.from(chunk as Buffer | string).toString("latin1");
    const begun = text.trimStart();
    const end = begun.search(/[\r\n]/);
    if (end >= 0) return begun.slice(0, end);
    if (text.length > LONGEST) throw usageError("error: standard input is no pairing link: it is too long");
  }
  return text;
}
