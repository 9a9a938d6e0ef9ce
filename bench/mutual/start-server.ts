import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { owned } from "../processes/owned.ts";
import { pinned } from "../processes/pinned.ts";

export interface MutualServer extends AsyncDisposable {
  readonly kind: MutualServerKind;
  readonly pid: number;
  readonly port: number;
  /** Where the same process serves without revocations. */
  readonly nonePort?: number;
}

export type MutualServerKind = "ingress" | "https" | "tls";

export interface MutualSurroundings {
  /** Holds the identities. */
  readonly directory: string;
  readonly core: number | undefined;
}

/** Starts `server.ts` as a process of its own, so that it can be pinned and its processor time read. */
export async function startMutualServer(
  kind: MutualServerKind,
  { directory, core }: MutualSurroundings,
): Promise<MutualServer> {
  const script = fileURLToPath(new URL("server.ts", import.meta.url));
  const { program, parameters } = pinned(core, process.execPath, [script, kind, directory]);
  const child = owned(spawn(program, parameters, { stdio: ["pipe", "pipe", "inherit"], detached: true }));
  const exit = once(child, "exit");
  const { pid } = child;
  if (pid === undefined || !child.stdout) throw new Error(`the server ${kind} did not start`);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return {
    kind,
    pid,
    ...(JSON.parse(line) as Pick<MutualServer, "port" | "nonePort">),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
