import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "../../core/failures.ts";
import { StoreFailure } from "../store-failure.ts";
import { openBlobDatabase } from "./blob-database.ts";
import { toBlobFailure } from "./blob-errors.ts";
import type { BlobEnvelope, BlobReply, BlobRequest, BlobResults, BlobWriteRequest } from "./blob-protocol.ts";
import { BlobTable } from "./blob-table.ts";
import { prepareDirectory } from "./database.ts";
import { sentFailure } from "./sent-failure.ts";
import { isDiskFull } from "./sqlite-errors.ts";

/**
 * The thread of small contents: opens their database, says so, and answers requests in groups. All writes that
 * have come by one turn of its loop share a commit; then reads see them.
 */
const port = parentPort;
if (!port) throw new Error("this file runs as a worker thread of the blob store only");
const { directory } = workerData as { readonly directory: string };
let table: BlobTable;
let queue: BlobEnvelope[] = [];

type WriteEnvelope = BlobEnvelope & { readonly request: BlobWriteRequest };
type OtherRequest = Exclude<BlobRequest, BlobWriteRequest>;

function turn(): void {
  const group = queue;
  queue = [];
  const writes = group.filter(isWrite);
  const outcomes = table.write(writes.map(({ request }) => request));
  const replies = outcomes.map((outcome, index): BlobReply => {
    const id = writes[index]?.id ?? 0;
    return "error" in outcome ? { id, failure: sentFailure(failureOf(outcome.error)) } : { id, ...outcome };
  });
  for (const { id, request } of group) {
    if (!isWriteRequest(request)) replies.push(answer(id, request));
  }
  port?.postMessage(replies, contentsIn(replies));
}

function answer(id: number, request: OtherRequest): BlobReply {
  try {
    return { id, result: perform(request) };
  } catch (error) {
    return { id, failure: sentFailure(failureOf(error)) };
  }
}

function perform(request: OtherRequest): BlobResults[OtherRequest["operation"]] {
  switch (request.operation) {
    case "get":
      return table.get(request.hash);
    case "has":
      return table.has(request.hash);
    case "list":
      return table.list(request.after, request.limit);
    case "close":
      table.close();
  }
  return undefined;
}

function contentsIn(replies: readonly BlobReply[]): ArrayBuffer[] {
  return replies.flatMap((reply) =>
    "result" in reply && reply.result instanceof Uint8Array ? [reply.result.buffer] : [],
  );
}

function isWriteRequest(request: BlobRequest): request is BlobWriteRequest {
  return request.operation === "put" || request.operation === "delete";
}

function isWrite(envelope: BlobEnvelope): envelope is WriteEnvelope {
  return isWriteRequest(envelope.request);
}

function failureOf(error: unknown): StoreFailure {
  if (isDiskFull(error)) return new StoreFailure("BLOB_STORE_FULL", [], { cause: error });
  const failure = toBlobFailure(error);
  if (failure instanceof StoreFailure) return failure;
  return new StoreFailure("BLOB_STORE_UNAVAILABLE", [reasonOf(error)], { cause: error });
}

try {
  prepareDirectory(directory);
  table = new BlobTable(openBlobDatabase(join(directory, "blobs.db")));
  port.on("message", (envelopes: readonly BlobEnvelope[]) => {
    if (queue.length === 0) setImmediate(turn);
    queue.push(...envelopes);
  });
  port.postMessage({ kind: "opened" });
} catch (error) {
  port.postMessage({ kind: "failed", failure: sentFailure(failureOf(error)) });
}
