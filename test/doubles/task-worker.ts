import { serveTasks } from "../../src/core/threads/serve-tasks.ts";

export type TestTask =
  | { readonly kind: "echo"; readonly content: Uint8Array }
  | { readonly kind: "nothing" }
  | { readonly kind: "for ever" }
  | { readonly kind: "throw" }
  | { readonly kind: "eat memory" }
  | { readonly kind: "exit" };

/** A thread of tasks that end it in all ways. */
serveTasks((task: TestTask) => {
  switch (task.kind) {
    case "echo":
      return { result: task.content };
    case "nothing":
      return { result: undefined };
    case "for ever":
      for (;;);
    case "throw":
      throw new Error("a bug");
    case "eat memory": {
      const eaten: object[] = [];
      for (;;) eaten.push({ eaten: eaten.length });
    }
    case "exit":
      // oxlint-disable-next-line unicorn/no-process-exit -- of the thread alone
      process.exit(0);
  }
});
