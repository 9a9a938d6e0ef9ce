import { readFileSync } from "node:fs";

/** The commands that a document tells its reader to type: the lines of its `sh` blocks, in order. */
export function documentCommands(path: string): readonly string[] {
  const blocks = readFileSync(path, "utf8").matchAll(/^```sh\n([\s\S]*?)^```$/gm);
  return [...blocks]
    .flatMap(([, text = ""]) => text.split("\n"))
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
