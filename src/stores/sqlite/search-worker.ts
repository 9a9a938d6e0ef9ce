import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { stepBack } from "../../core/threads/step-back.ts";
import { prepareDirectory } from "./database.ts";
import { createSearchDatabase, openSearchDatabase } from "./search-database.ts";
import { toSearchFailure } from "./search-errors.ts";
import type { SearchEnvelope, SearchRequest, SearchResults, SearchWriteRequest } from "./search-protocol.ts";
import { SearchTable } from "./search-table.ts";
import { sentFailure } from "./sent-failure.ts";
import { isDamaged } from "./sqlite-errors.ts";

stepBack();

/** The thread of the search index: opens it, says so, and answers one request after the other. */
const port = parentPort;
if (!port) throw new Error("this file runs as a worker thread of the search index only");
const { directory } = workerData as { readonly directory: string };
const file = join(directory, "search.db");
let table: SearchTable;

/**
 * Characters of documents that share a commit. Many in one go cost the index much less than one by one, and these hold
 * up the searches behind them no longer than a single document of the greatest length.
 */
const GROUP = 256 * 1024;

/** Writes that wait for a commit, and how many characters they bring. */
let waiting: WriteEnvelope[] = [];
let size = 0;

type WriteEnvelope = SearchEnvelope & { readonly request: SearchWriteRequest };

function accept(envelope: SearchEnvelope): void {
  if (!isWrite(envelope)) {
    // Whoever asked for a write before finds it.
    commit();
    port?.postMessage([answer(envelope)]);
    return;
  }
  if (waiting.length === 0) setImmediate(commit);
  waiting.push(envelope);
  const { request } = envelope;
  if (request.operation === "replace") {
    size += request.document.text.length + (request.document.names?.length ?? 0);
  }
  if (size > GROUP) commit();
}

/** Those that cannot be written together are written one by one. */
function commit(): void {
  const group = waiting;
  waiting = [];
  size = 0;
  if (group.length === 0) return;
  try {
    table.write(group.map(({ request }) => request));
    port?.postMessage(group.map(({ id }) => ({ id, result: undefined })));
  } catch (error) {
    if (group.length === 1) port?.postMessage(group.map(({ id }) => failed(id, error)));
    else port?.postMessage(group.map(answer));
  }
}

function isWrite(envelope: SearchEnvelope): envelope is WriteEnvelope {
  return envelope.request.operation === "replace" || envelope.request.operation === "remove";
}

function perform(request: SearchRequest): SearchResults[SearchRequest["operation"]] {
  switch (request.operation) {
    case "replace":
    case "remove":
      table.write([request]);
      break;
    case "search":
      return table.search(request.plan);
    case "indexed":
      return table.indexed(request.after, request.limit);
    case "close":
      table.close();
  }
  return undefined;
}

function answer({ id, request }: SearchEnvelope): object {
  try {
    return { id, result: perform(request) };
  } catch (error) {
    return failed(id, error);
  }
}

function failed(id: number, error: unknown): object {
  if (isDamaged(error)) beginAnew();
  return { id, failure: sentFailure(toSearchFailure(error)) };
}

/** What was in it is indexed again by the next start; until then new documents are found, and nothing fails. */
function beginAnew(): void {
  table.close();
  table = new SearchTable(createSearchDatabase(file));
}

try {
  prepareDirectory(directory);
  table = new SearchTable(openSearchDatabase(file));
  port.on("message", (envelopes: readonly SearchEnvelope[]) => {
    for (const envelope of envelopes) accept(envelope);
  });
  port.postMessage({ kind: "opened" });
} catch (error) {
  port.postMessage({ kind: "failed", failure: sentFailure(toSearchFailure(error)) });
}
