import { readFileSync } from "node:fs";

/** Blocks that are no commands: data, pictures and what programs print. */
const SHOWN: ReadonlySet<string> = new Set(["yaml", "json", "ini", "text", "mermaid"]);

interface Block {
  /** What stands behind the fence; undefined for a block without one, which is indented. */
  readonly language: string | undefined;
  readonly text: string;
}

/** The commands that a document tells its reader to type: the lines of its `sh` blocks, in order. */
export function documentCommands(path: string): readonly string[] {
  return blocksOf(path)
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.split("\n"))
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** Blocks that say neither that they are commands nor that they are none, so that nobody would run them. */
export function unmarkedBlocks(path: string): readonly string[] {
  return blocksOf(path)
    .filter(({ language }) => language !== "sh" && !SHOWN.has(language ?? ""))
    .map(({ text }) => text);
}

function blocksOf(path: string): readonly Block[] {
  const text = readFileSync(path, "utf8");
  const blocks = text.matchAll(/^ *```(\S*)[^\n]*\n([^]*?)^ *```$|(?<=\n\n)((?: {4}[^\n]*\n)+)/gm);
  return [...blocks].map(([, language, fenced, indented = ""]) => ({ language, text: fenced ?? indented }));
}
