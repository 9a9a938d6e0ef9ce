import { readFileSync } from "node:fs";

/** Of this package; its description lies two folders up, from the source as from the built code. */
export function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
