import { setTimeout as wait } from "node:timers/promises";
import type { Child } from "./child.ts";

export interface Patience {
  /** Milliseconds. */
  readonly timeout?: number;
  /** Its end ends the waiting. */
  readonly child?: Child;
  readonly status?: number;
}

/** Waits until `url` answers with the wanted status (default 200). */
export async function answering(url: string, patience: Patience = {}): Promise<void> {
  const { timeout = 15_000, child, status = 200 } = patience;
  const end = performance.now() + timeout;
  let last = "no answer";
  while (performance.now() < end) {
    if (child?.ended) throw new Error(`the process behind ${url} ended`);
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      await response.arrayBuffer();
      if (response.status === status) return;
      last = `status ${response.status}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await wait(20);
  }
  throw new Error(`${url} did not answer with ${status} within ${timeout} ms (${last})`);
}
