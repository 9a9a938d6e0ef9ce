import type { Clock } from "../../core/clock.ts";
import { serviceSegment } from "../../core/names.ts";
import type { ApplicationService } from "../../core/resources/application.ts";
import { allDone } from "../../core/all-done.ts";
import { Credentials } from "../../credentials/credentials.ts";
import { Connections, type ConnectionsOptions } from "../../outbound/connections.ts";
import { LimitStates } from "../limits/limit-states.ts";
import type { InspectedApplication } from "../inspection/inspection.ts";
import { checkApi, type CheckedApi, type CheckTools } from "./check-api.ts";
import type { CheckStep, CheckStepName } from "./check-step.ts";

export interface CheckerOptions {
  readonly outbound: Omit<ConnectionsOptions, "observer" | "clock">;
  readonly clock: Clock;
  /** Milliseconds until the head of an answer, requests for tokens likewise. */
  readonly timeout: number;
  /** Whether an Application may use no Secrets but its own. */
  readonly requireOwnSecrets: boolean;
}

/** An API, for whoever reads what was found. */
interface ShownApi {
  readonly serviceId: string;
  readonly displayName: string;
  /** Segments of its path. */
  readonly service: string;
  readonly entry: string;
}

/** What is told of a check while it goes on, in this order; `end` comes last and once. */
export type CheckLine =
  | ({ readonly kind: "running"; readonly step: CheckStepName } & ShownApi)
  | ({ readonly kind: "api"; readonly ok: boolean; readonly steps: readonly CheckStep[] } & ShownApi)
  | {
      readonly kind: "end";
      readonly ok: boolean;
      readonly checked: number;
      readonly failed: number;
      readonly unchecked: number;
    };

/** How many APIs are tried at a time. */
const AT_A_TIME = 4;

/** How long a check goes on before it leaves the remaining APIs out, in milliseconds. */
const LONGEST = 300_000;

export interface CheckRun {
  /** The id, the path segment or the display name of the one service that is meant. */
  readonly service: string | undefined;
  readonly signal: AbortSignal;
  /** Awaited, so that nothing is worked out ahead of a reader that is slow. Never rejects. */
  readonly tell: (line: CheckLine) => Promise<void>;
}

/** The APIs that a check is about; empty where there is no such service, or it has none. */
export function* checkedApis(
  application: InspectedApplication,
  wanted: string | undefined,
): Generator<CheckedApi & { readonly segment: string }> {
  const isMeant = (service: ApplicationService) =>
    wanted === undefined ||
    [service.id, service.displayName].includes(wanted) ||
    serviceSegment(service) === wanted;
  for (const { service, segment, apis } of application.services(isMeant)) {
    for (const found of apis) yield { held: application.held, service, found, segment };
  }
}

/**
 * Tries the APIs of an Application, with connections and tokens of its own that end with it: calls see nothing of
 * it, and what it found is no older than the question. Rejects when the signal does.
 */
export async function checkApplication(
  application: InspectedApplication,
  run: CheckRun,
  { outbound, clock, timeout, requireOwnSecrets }: CheckerOptions,
): Promise<void> {
  await using connections = new Connections({ ...outbound, clock });
  const { policy } = outbound;
  using credentials = new Credentials({ connections, policy, clock, timeout });
  const limits = new LimitStates();
  const compile = { credentials, policy, limits, requireOwnSecrets, warn: () => {} };
  const tools: CheckTools = { compile, outbound, clock, timeout };
  const tally = { checked: 0, failed: 0, unchecked: 0 };
  const end = clock.monotonic() + LONGEST;
  const apis = checkedApis(application, run.service);
  let told = Promise.resolve();
  const take = async (): Promise<void> => {
    for (const api of apis) {
      if (clock.monotonic() >= end) {
        tally.unchecked++;
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = told;
      told = promise;
      try {
        const line = await checkOne(api, run, tools);
        tally.checked++;
        if (!line.ok) tally.failed++;
        // In their order, however long each of them takes.
        await before;
        await run.tell(line);
      } finally {
        resolve();
      }
    }
  };
  await allDone(Array.from({ length: AT_A_TIME }, take));
  await run.tell({ kind: "end", ok: tally.failed === 0 && tally.unchecked === 0, ...tally });
}

async function checkOne(
  api: CheckedApi & { readonly segment: string },
  { signal, tell }: CheckRun,
  tools: CheckTools,
): Promise<CheckLine & { readonly kind: "api" }> {
  const { service, found, segment } = api;
  const shown = {
    serviceId: service.id,
    displayName: service.displayName,
    service: segment,
    entry: found.compiled.api.identity.entry,
  };
  const running = (step: CheckStepName) => void tell({ kind: "running", ...shown, step });
  const steps = await checkApi(api, tools, { signal, running });
  const ok = steps.every(({ state }) => state !== "failed");
  return { kind: "api", ok, ...shown, steps: steps.map(rounded) };
}

function rounded({ milliseconds, ...step }: CheckStep): CheckStep {
  return { ...step, milliseconds: Math.round(milliseconds) };
}
