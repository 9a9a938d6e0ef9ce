import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Terminal } from "../terminal.ts";

/** Asks a person at a terminal. A program behind a pipe has decided already: true. */
export async function confirm({ stdin, stderr }: Terminal, question: string): Promise<boolean> {
  if (!("isTTY" in stdin) || stdin.isTTY !== true) return true;
  stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    const answers = [once(lines, "line"), once(lines, "close").then(() => [""])];
    const [answer] = await Promise.race(answers);
    return /^\s*y(es)?\s*$/i.test(String(answer));
  } finally {
    lines.close();
  }
}
