import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { prepareDirectory } from "./database.ts";
import { openSearchDatabase } from "./search-database.ts";
import { toSearchFailure } from "./search-errors.ts";
import type { SearchEnvelope, SearchRequest, SearchResults } from "./search-protocol.ts";
import { SearchTable } from "./search-table.ts";
import { sentFailure } from "./sent-failure.ts";

/** The thread of the search index: opens it, says so, and answers one request after the other. */
const port = parentPort;
if (!port) throw new Error("this file runs as a worker thread of the search index only");
const { directory } = workerData as { readonly directory: string };

function perform(table: SearchTable, request: SearchRequest): SearchResults[SearchRequest["operation"]] {
  switch (request.operation) {
    case "replace":
      table.replace(request.key, request.document);
      break;
    case "remove":
      table.remove(request.key);
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

function answer(table: SearchTable, { id, request }: SearchEnvelope): object {
  try {
    return { id, result: perform(table, request) };
  } catch (error) {
    return { id, failure: sentFailure(toSearchFailure(error)) };
  }
}

try {
  prepareDirectory(directory);
  const table = new SearchTable(openSearchDatabase(join(directory, "search.db")));
  port.on("message", (envelope: SearchEnvelope) => port.postMessage([answer(table, envelope)]));
  port.postMessage({ kind: "opened" });
} catch (error) {
  port.postMessage({ kind: "failed", failure: sentFailure(toSearchFailure(error)) });
}
