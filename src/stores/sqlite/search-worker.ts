import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { prepareDirectory } from "./database.ts";
import { createSearchDatabase, openSearchDatabase } from "./search-database.ts";
import { toSearchFailure } from "./search-errors.ts";
import type { SearchEnvelope, SearchRequest, SearchResults } from "./search-protocol.ts";
import { SearchTable } from "./search-table.ts";
import { sentFailure } from "./sent-failure.ts";
import { isDamaged } from "./sqlite-errors.ts";

/** The thread of the search index: opens it, says so, and answers one request after the other. */
const port = parentPort;
if (!port) throw new Error("this file runs as a worker thread of the search index only");
const { directory } = workerData as { readonly directory: string };
const file = join(directory, "search.db");
let table: SearchTable;

function perform(request: SearchRequest): SearchResults[SearchRequest["operation"]] {
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

function answer({ id, request }: SearchEnvelope): object {
  try {
    return { id, result: perform(request) };
  } catch (error) {
    if (isDamaged(error)) beginAnew();
    return { id, failure: sentFailure(toSearchFailure(error)) };
  }
}

/** What was in it is indexed again by the next start; until then new documents are found, and nothing fails. */
function beginAnew(): void {
  table.close();
  table = new SearchTable(createSearchDatabase(file));
}

try {
  prepareDirectory(directory);
  table = new SearchTable(openSearchDatabase(file));
  port.on("message", (envelopes: readonly SearchEnvelope[]) => port.postMessage(envelopes.map(answer)));
  port.postMessage({ kind: "opened" });
} catch (error) {
  port.postMessage({ kind: "failed", failure: sentFailure(toSearchFailure(error)) });
}
