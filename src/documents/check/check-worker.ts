import { movedBuffers } from "../../core/threads/moved-buffers.ts";
import { serveTasks } from "../../core/threads/serve-tasks.ts";
import { stepBack } from "../../core/threads/step-back.ts";
import { compareDocuments } from "../compare/compare-documents.ts";
import { checkDocument } from "./check-document.ts";
import type { CheckTask } from "./check-protocol.ts";

stepBack();

/** The thread of the checks. It may be ended at any time, and keeps nothing but schemas. */
serveTasks((task: CheckTask) => {
  if (task.kind === "compare") return { result: compareDocuments(task.before, task.after) };
  const result = checkDocument(task.document);
  return { result, moved: movedBuffers(result.converted?.content) };
});
