import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type { CommitFigures, StoreFigures } from "../../telemetry/store-metrics.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Watches ask for what is yet to come, for hours. */
const WATCHES: ReadonlySet<string> = new Set(["pull", "pullRevocations"]);

/** How long the figures of the thread are waited for, in milliseconds; whoever scrapes waits for ten seconds. */
const PATIENCE = 1000;

/** Figures of a store that works, hangs or is no more. */
export async function storeFigures(link: WorkerLink, directory: string, clock: Clock): Promise<StoreFigures> {
  const waiting = link.waiting(WATCHES);
  const [commits, database, log] = await Promise.all([
    commitFigures(link, clock),
    sizeOf(join(directory, "store.db")),
    sizeOf(join(directory, "store.db-wal")),
  ]);
  return { waiting, bytes: { database, log }, commits };
}

async function commitFigures(link: WorkerLink, clock: Clock): Promise<CommitFigures | undefined> {
  const late = Promise.withResolvers<undefined>();
  using _ = clock.after(PATIENCE, () => late.resolve(undefined));
  const asked = link.call({ operation: "figures" }).catch(() => undefined);
  return await Promise.race([asked, late.promise]);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
