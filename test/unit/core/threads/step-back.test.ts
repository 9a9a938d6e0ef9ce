import { test } from "node:test";
import { equal, notEqual } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { once } from "node:events";

const module = new URL("../../../../src/core/threads/step-back.ts", import.meta.url).href;

/** Niceness of the threads of this process that have a name; proc(5): the 19th field of stat. */
function nicenessOf(name: string): readonly number[] {
  return readdirSync("/proc/self/task").flatMap((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
    const comm = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return comm === name ? [Number(fields[16])] : [];
  });
}

test(
  "step back - the thread that calls it goes behind the others, which stay what they are",
  { skip: process.platform !== "linux" && "only Linux counts niceness by thread" },
  async () => {
    const main = readFileSync("/proc/self/comm", "utf8").trim();
    const [before] = nicenessOf(main);
    const code = `import(${JSON.stringify(module)}).then(({ stepBack }) => { stepBack(); require("node:worker_threads").parentPort.once("message", () => {}).postMessage("ready"); })`;
    const worker = new Worker(code, { eval: true, name: "stepping-back" });
    await once(worker, "message");
    equal(nicenessOf("stepping-back").at(0), 10);
    notEqual(before, undefined);
    equal(nicenessOf(main).at(0), before);
    await worker.terminate();
  },
);
