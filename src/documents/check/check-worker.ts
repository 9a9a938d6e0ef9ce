import { parentPort } from "node:worker_threads";
import { compareDocuments } from "../compare/compare-documents.ts";
import { checkDocument } from "./check-document.ts";
import type { CheckMessage, CheckTask } from "./check-protocol.ts";

/** The thread of the checks: one task, one answer. It may be ended at any time, and keeps nothing but schemas. */
const port = parentPort;
if (!port) throw new Error("this file runs as a worker thread of the documents only");

function answer(message: CheckMessage): void {
  port?.postMessage(message);
}

port.on("message", (task: CheckTask) => {
  const result =
    task.kind === "check" ? checkDocument(task.document) : compareDocuments(task.before, task.after);
  answer({ kind: "done", result });
});
answer({ kind: "ready" });
