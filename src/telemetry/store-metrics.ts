import { familyHead } from "./prometheus-text.ts";
import { DurationHistogram, type DurationCounts } from "./duration-histogram.ts";

/** How the store is doing, when somebody asks. */
export interface StoreFigures {
  /** Requests that wait for its answer; what waits for a change to come is none of them. */
  readonly waiting: number;
  /** Bytes of its file, and of the log of SQLite beside it. */
  readonly bytes: { readonly database: number; readonly log: number };
  /** undefined where its thread gives no answer in time. */
  readonly commits: CommitFigures | undefined;
}

/** Since its start. */
export interface CommitFigures {
  /** Changes; several share a commit. */
  readonly writes: number;
  readonly durations: DurationCounts;
}

/** Pieces of the Prometheus text format. */
export function* storeMetricsText({ waiting, bytes, commits }: StoreFigures): Generator<string> {
  yield familyHead("appconn_store_waiting", "gauge", "Requests that wait for the store's answer.");
  yield `appconn_store_waiting ${waiting}\n`;
  yield familyHead("appconn_store_bytes", "gauge", "Sizes of the store's files.");
  yield `appconn_store_bytes{file="database"} ${bytes.database}\nappconn_store_bytes{file="log"} ${bytes.log}\n`;
  if (!commits) return;
  yield familyHead("appconn_store_writes_total", "counter", "Changes that were committed or refused.");
  yield `appconn_store_writes_total ${commits.writes}\n`;
  const durations = "appconn_store_commit_duration_seconds";
  yield familyHead(
    durations,
    "histogram",
    "Seconds from the first change of a commit until the disk has it.",
  );
  const histogram = new DurationHistogram();
  histogram.add(commits.durations);
  yield histogram.text(durations, "");
}
