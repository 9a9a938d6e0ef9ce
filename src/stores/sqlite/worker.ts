import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../../core/clock.ts";
import { reasonOf } from "../../core/failures.ts";
import type { Kind } from "../../core/resources/kind.ts";
import { StoreFailure } from "../store-failure.ts";
import { openDatabase, prepareDirectory, prepareKey } from "./database.ts";
import { DirectoryLock } from "./directory-lock.ts";
import { Engine } from "./engine.ts";
import { RequestLoop } from "./request-loop.ts";
import { sentFailure } from "./sent-failure.ts";
import { toStoreFailure } from "./sqlite-errors.ts";
import type { Envelope, Opened, Reply, WorkerOptions } from "./protocol.ts";

/** The store's thread: opens the directory, says so, and answers until it is told to close. */
const port = parentPort;
if (!port) throw new Error("this file runs as a worker thread of the store only");
const options = workerData as WorkerOptions;
const file = join(options.directory, "store.db");

async function loadKinds(): Promise<readonly Kind[]> {
  try {
    const { kinds } = (await import(options.kindsModule)) as { kinds: readonly Kind[] };
    return kinds;
  } catch (error) {
    const reason = `the kinds of resources cannot be loaded: ${reasonOf(error)}`;
    throw new StoreFailure("STORE_UNAVAILABLE", [reason], { cause: error });
  }
}

async function open(): Promise<{ engine: Engine; lock: DirectoryLock }> {
  const kinds = await loadKinds();
  prepareDirectory(options.directory);
  const lock = DirectoryLock.take(options.directory, options.holder);
  try {
    await prepareKey(options.directory);
    const engine = new Engine(openDatabase(options.directory), kinds);
    engine.createProtectedNamespaces(options.now);
    return { engine, lock };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function answer(opened: Opened): void {
  port?.postMessage(opened);
}

/** The memory of lists, which the other thread takes over. */
function movedWith(replies: readonly Reply[]): ArrayBuffer[] {
  return replies.flatMap((reply) => {
    const result = "result" in reply ? reply.result : undefined;
    return typeof result === "object" && "pieces" in result ? result.pieces.map(({ buffer }) => buffer) : [];
  });
}

try {
  const { engine, lock } = await open();
  const loop = new RequestLoop(engine, file, {
    clock: systemClock,
    send: (replies) => port.postMessage(replies, movedWith(replies)),
    closed: () => lock.release(),
  });
  port.on("message", (envelopes: readonly Envelope[]) => {
    for (const envelope of envelopes) loop.accept(envelope);
  });
  answer({ kind: "opened" });
} catch (error) {
  answer({ kind: "failed", failure: sentFailure(toStoreFailure(error, file)) });
}
