// `npm test`: all tests on the pinned Node. `npm test -- test/unit/store` runs a folder or a file, and words
// that begin with a dash go to node's test runner.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const pinnedNode = fileURLToPath(new URL("../node_modules/node/bin/node", import.meta.url));

const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith("-"));
const places = words.filter((word) => !word.startsWith("-")).map(patternOf);
const usesTools = places.length === 0 || places.some((place) => /test\/(e2e|contract|faults)/.test(place));
if (places.length === 0) places.push("test/**/*.test.ts");

// Most tests wait for sockets and processes, so that two at a time keep two cores busy; more would make
// the tests of time-outs compete with each other.
const node = existsSync(pinnedNode) ? pinnedNode : process.execPath;
const child = spawn(node, ["--test", "--test-concurrency=2", ...flags, ...places], {
  cwd: root,
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
  // Last, where whoever looks only at the summary sees it.
  if (usesTools && code !== null) spawnSync(node, ["test/tools/missing.ts"], { cwd: root, stdio: "inherit" });
});

function patternOf(place) {
  const isFolder = statSync(`${root}/${place}`, { throwIfNoEntry: false })?.isDirectory();
  return isFolder ? `${place.replace(/\/$/, "")}/**/*.test.ts` : place;
}
