import { setTimeout as delay } from "node:timers/promises";
import { CommandError } from "./command-error.ts";
import { textAt, textsAt } from "./json-fields.ts";
import { Progress } from "./output/progress.ts";
import type { Target } from "./resources.ts";
import type { ApiClient } from "./server/api-client.ts";
import { printedName } from "./server/resource-type.ts";
import { StatusError } from "./server/status-error.ts";
import type { Terminal } from "./terminal.ts";

export interface Deleting {
  readonly client: ApiClient;
  readonly terminal: Terminal;
  readonly wait: boolean;
  /** Milliseconds; 0: no limit. */
  readonly timeout: number;
  readonly ignoreNotFound?: boolean;
  readonly cascade: "background" | "foreground" | "orphan";
}

const POLICY = { background: "Background", foreground: "Foreground", orphan: "Orphan" } as const;

/** Milliseconds between two looks whether an object is gone: short at first, then patient. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;

/** Deletes one object, says so, and waits until it is gone. */
export async function deleteTarget(target: Target, deleting: Deleting): Promise<void> {
  const { client, terminal, cascade, ignoreNotFound } = deleting;
  try {
    const { body } = await client.request({
      method: "DELETE",
      path: target.path,
      body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: POLICY[cascade] },
    });
    terminal.stdout.write(`${sentence(target)}\n`);
    // Without finalizers the answer is a Status: it is gone already.
    if (deleting.wait && textAt(body, "kind") !== "Status") {
      await untilGone(target, textAt(body, "metadata", "uid"), deleting);
    }
  } catch (error) {
    const missing = error instanceof StatusError && error.code === 404;
    if (!(missing && ignoreNotFound === true)) throw error;
  }
}

/** As kubectl says it since 1.34. */
function sentence({ type, name = "", path }: Target): string {
  const [kind] = printedName(type, name).split("/");
  const namespace = /\/namespaces\/([^/]+)\/[^/]+\/[^/]+$/.exec(path)?.[1];
  const place = type.namespaced && namespace ? ` from ${decodeURIComponent(namespace)} namespace` : "";
  return `${kind} "${name}" deleted${place}`;
}

async function untilGone(target: Target, uid: string | undefined, deleting: Deleting): Promise<void> {
  const { client, terminal, timeout } = deleting;
  using progress = new Progress(terminal.stderr);
  const started = performance.now();
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const current = await find(client, target.path);
    // Another object of that name: the one that was deleted is gone.
    if (current === undefined || textAt(current, "metadata", "uid") !== uid) return;
    const waited = performance.now() - started;
    const holders = textsAt(current, "metadata", "finalizers").join(", ") || "the server";
    if (timeout > 0 && waited >= timeout) {
      throw new CommandError(
        `error: timed out waiting for ${printedName(target.type, target.name ?? "")} to go, held by ${holders}`,
      );
    }
    progress.show(`waiting for ${target.name} to go, held by ${holders}`);
    await delay(timeout > 0 ? Math.min(pause, timeout - waited) : pause);
  }
}

async function find(client: ApiClient, path: string): Promise<unknown> {
  try {
    return (await client.request({ path })).body;
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return undefined;
    throw error;
  }
}
