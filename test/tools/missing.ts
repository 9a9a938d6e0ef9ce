import { binaryPath } from "./binary.ts";
import { binaries } from "./binaries.ts";

/** Says in one line which programs are absent, and how to get them; nothing when all are here. */
function missing(): string {
  const absent = binaries.filter(({ name }) => binaryPath(name) === undefined);
  if (absent.length === 0) return "";
  const names = absent.map(({ name }) => name);
  const languages = [...new Set(absent.map((binary) => ("requirements" in binary ? "Python" : "Go")))];
  const command = `npx node test/tools/provide.ts ${names.join(" ")}`;
  const skipped = `Tests with ${listed(names)} were skipped.`;
  return `${skipped} To run them too, with ${listed(languages)} installed: ${command}\n`;
}

function listed(words: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(words);
}

process.stdout.write(missing());
