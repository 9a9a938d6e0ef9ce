import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pinned } from "../processes/pinned.ts";

export interface Sink extends AsyncDisposable {
  readonly port: number;
}

/** Starts `sink.ts` as a process of its own, so that it can be pinned. */
export async function startSink(core: number | undefined): Promise<Sink> {
  const script = fileURLToPath(new URL("sink.ts", import.meta.url));
  const { program, parameters } = pinned(core, process.execPath, [script]);
  const child = spawn(program, parameters, { stdio: ["pipe", "pipe", "inherit"] });
  const exit = once(child, "exit");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return {
    port: Number(line),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
