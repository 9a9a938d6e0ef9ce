import { availableParallelism } from "node:os";
import type { GatewayOptions } from "../../gateway/options.ts";
import type { Setting } from "../../config/setting.ts";

const MOST = 64;

/** How many processes serve the calls of the gateway. */
export const workersSetting: Setting<number | "auto"> = Object.freeze({
  default: 1,
  shown: "1",
  expected: `a whole number from 1 to ${MOST}, or auto`,
  description:
    "How many processes serve the gateway's calls: 1 is this process alone; more are started by it, and replaced when they end. auto: one for each processor. See docs/guides/workers.md.",
  aliases: [],
  parse: (raw: unknown) => {
    if (raw === "auto") return raw;
    const count = typeof raw === "string" && /^\d+$/.test(raw) ? Number(raw) : raw;
    return typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= MOST
      ? count
      : undefined;
  },
});

export function workerCount(workers: number | "auto"): number {
  return workers === "auto" ? Math.min(availableParallelism(), MOST) : workers;
}

/** What holds for the machine, as each of `count` workers has it. */
export function partOfGateway(options: GatewayOptions, count: number): GatewayOptions {
  const part = (all: number) => Math.ceil(all / count);
  return {
    ...options,
    maxTunnels: part(options.maxTunnels),
    retryBufferTotalBytes: part(options.retryBufferTotalBytes),
  };
}
