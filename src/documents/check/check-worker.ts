import { movedBuffers } from "../../core/threads/moved-buffers.ts";
import { serveTasks } from "../../core/threads/serve-tasks.ts";
import type { CheckedDocument } from "../checked-document.ts";
import { compareDocuments } from "../compare/compare-documents.ts";
import type { Comparison } from "../compare/comparison.ts";
import { checkDocument } from "./check-document.ts";
import type { CheckTask } from "./check-protocol.ts";

/** The thread of the checks. It may be ended at any time, and keeps nothing but schemas. */
serveTasks<CheckTask, CheckedDocument | Comparison>((task) => {
  if (task.kind === "compare") return { result: compareDocuments(task.before, task.after) };
  const result = checkDocument(task.document);
  return { result, moved: movedBuffers(result.converted?.content) };
});
