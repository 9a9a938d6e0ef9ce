import { movedBuffers } from "../../core/threads/moved-buffers.ts";
import { serveTasks, type Finished } from "../../core/threads/serve-tasks.ts";
import { embeddedContent } from "../embedded-content.ts";
import { readService } from "../request/read-service.ts";
import { rewriteBytes } from "../specification/rewrite-bytes.ts";
import { refuseTooMuch } from "./refuse-too-much.ts";
import type { LargeTask } from "./large-task.ts";

/** A thread for large bodies and documents; it keeps nothing. */
serveTasks((task: LargeTask): Finished => {
  switch (task.kind) {
    case "read": {
      const result = refuseTooMuch(readService(bufferOf(task.body)));
      if ("refused" in result) return { result };
      const { api, events, documentation } = result;
      return { result, moved: movedBuffers(api?.spec, events?.spec, documentation) };
    }
    case "rewrite": {
      const result = rewriteBytes(task.content, task.rewriting);
      return { result, moved: movedBuffers(result) };
    }
    case "embed": {
      const result = embeddedContent(task.content);
      return { result, moved: movedBuffers(result.json) };
    }
  }
});

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
