import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { systemClock, type Clock } from "../../src/core/clock.ts";
import type { Application } from "../../src/core/resources/application.ts";
import type { New } from "../../src/core/resources/resource.ts";
import { checkApplication, type CheckLine } from "../../src/gateway/check/check-application.ts";
import type { CheckStep } from "../../src/gateway/check/check-step.ts";
import { Inspection } from "../../src/gateway/inspection/inspection.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import type { Resolve } from "../../src/outbound/pinned-lookup.ts";
import { readProxyEnvironment } from "../../src/outbound/proxy-environment.ts";
import type { TestAuthority } from "./certificates.ts";
import { holdApplication, type HeldScene } from "./held-application.ts";

export interface DryRunScene extends HeldScene {
  readonly authority?: TestAuthority;
  readonly resolve?: Resolve;
  /** A URL, for everything. */
  readonly proxy?: string;
  /** Milliseconds, 5000 unless given. */
  readonly timeout?: number;
  readonly connectTimeout?: number;
  readonly service?: string;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

type ApiLine = CheckLine & { readonly kind: "api" };

export interface DryRun {
  readonly lines: readonly CheckLine[];
  readonly apis: readonly ApiLine[];
  /** The steps of the first API that did not go well, `state step: message`. */
  readonly problems: readonly string[];
  readonly step: (name: CheckStep["step"]) => CheckStep;
}

/** A dry run of an Application over real connections, to its end. */
export async function dryRun(
  context: TestContext,
  application: New<Application>,
  scene: DryRunScene = {},
): Promise<DryRun> {
  const { authority, resolve, proxy, timeout = 5000, connectTimeout = 5000, service, signal } = scene;
  const { held, compile } = holdApplication(context, application, scene);
  const folder = await mkdtemp(join(tmpdir(), "appconn-check-"));
  const caFile = authority ? join(folder, "ca.crt") : "";
  if (authority) await writeFile(caFile, authority.crt);
  const inspection = new Inspection({ held: () => held, names: () => [] }, compile, systemClock);
  const inspected = inspection.find(application.metadata.name);
  if (!inspected) throw new Error("it is held");
  const lines: CheckLine[] = [];
  const tell = (line: CheckLine) => {
    lines.push(line);
    return Promise.resolve();
  };
  try {
    await checkApplication(
      inspected,
      { service, signal: signal ?? new AbortController().signal, tell },
      {
        outbound: {
          options: { deniedNetworks: scene.denied ?? [], caFile, connectTimeout, idleTimeout: 10_000 },
          policy: new EgressPolicy(scene.denied),
          proxies: readProxyEnvironment({ HTTP_PROXY: proxy, HTTPS_PROXY: proxy }),
          ...(resolve && { resolve }),
        },
        clock: scene.clock ?? systemClock,
        timeout,
        requireOwnSecrets: scene.requireOwnSecrets ?? false,
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return outcomeOf(lines);
}

/** A resolver that knows one address for every name. */
export function resolvesTo(address: string): Resolve {
  return (_hostname, _options, callback) => callback(null, [{ address, family: 4 }]);
}

function outcomeOf(lines: readonly CheckLine[]): DryRun {
  const apis = lines.filter((line) => line.kind === "api");
  const steps = apis[0]?.steps ?? [];
  return {
    lines,
    apis,
    problems: steps
      .filter(({ state }) => state === "failed" || state === "warning")
      .map(({ state, step, message }) => `${state} ${step}: ${message}`),
    step: (name) => {
      const found = steps.find(({ step }) => step === name);
      if (!found) throw new Error(`there is no step ${name}`);
      return found;
    },
  };
}
