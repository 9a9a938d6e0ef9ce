import { binaryPath } from "./binary.ts";
import { binaries } from "./binaries.ts";

/** Says in one line which programs are absent, and how to get them; nothing when all are here. */
function missing(): string {
  const names = binaries.map(({ name }) => name).filter((name) => binaryPath(name) === undefined);
  if (names.length === 0) return "";
  const command = `npx node test/tools/provide.ts ${names.join(" ")}`;
  return `Tests with ${names.join(" and ")} were skipped. To run them too, with Go installed: ${command}\n`;
}

process.stdout.write(missing());
