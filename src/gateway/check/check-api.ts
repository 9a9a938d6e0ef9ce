import { compileApi, type CompileContext } from "../../snapshot/compile-api.ts";
import type { CompiledApi } from "../../snapshot/compiled.ts";
import type { FoundApi, HeldApplication } from "../../snapshot/findings.ts";
import { sharedOriginOf } from "../../snapshot/compile-application.ts";
import { SettingAnnotations } from "../../core/resources/api-settings/setting-annotations.ts";
import type { ApplicationService } from "../../core/resources/application.ts";
import type { Clock } from "../../core/clock.ts";
import { proxyFor } from "../../outbound/proxy-environment.ts";
import type { ConnectionsOptions } from "../../outbound/connections.ts";
import { checkCredentials, type CheckedCredentials } from "./check-credentials.ts";
import { skipped, type CheckStep, type CheckStepName } from "./check-step.ts";
import { configurationSteps } from "./configuration-steps.ts";
import { connectionSteps } from "./connection-steps.ts";
import { probeTarget } from "./probe-target.ts";
import { probeHead } from "./probe-head.ts";
import { transportRemedy } from "./transport-remedy.ts";

/** One API in its place. */
export interface CheckedApi {
  readonly held: HeldApplication;
  readonly service: ApplicationService;
  readonly found: FoundApi;
}

export interface CheckTools {
  /** Its credentials are those of this check alone, so that nothing that comes of it is kept for calls. */
  readonly compile: CompileContext;
  readonly outbound: Omit<ConnectionsOptions, "observer" | "clock">;
  readonly clock: Clock;
  /** Milliseconds until the head of an answer, for APIs without a timeout of their own. */
  readonly timeout: number;
}

export interface Checking {
  readonly signal: AbortSignal;
  /** Told of what is tried next, where that may take a while. */
  readonly running: (step: CheckStepName) => void;
}

/** Tries an API step by step, as a call would go, with its own credentials. Rejects when the signal does. */
export async function checkApi(
  api: CheckedApi,
  tools: CheckTools,
  checking: Checking,
): Promise<readonly CheckStep[]> {
  const known = configurationSteps(api.found);
  const compiled = compiledAnew(api, tools);
  if (compiled.kind === "broken") return [...known, ...rest("the configuration must be put right first")];
  compiled.provider.hold();
  compiled.csrf?.hold();
  try {
    const credentials = await checkCredentials(compiled, tools, checking);
    return [
      ...known,
      ...credentials.steps,
      ...(await targetSteps(compiled, credentials, { tools, checking })),
    ];
  } finally {
    compiled.csrf?.release();
    compiled.provider.release();
  }
}

const TARGET_STEPS = ["dns", "policy", "tcp", "tls", "http"] as const;

function rest(why: string): CheckStep[] {
  return (["token", "csrf", ...TARGET_STEPS] as const).map((step) => skipped(step, why));
}

function compiledAnew({ held, service, found }: CheckedApi, { compile }: CheckTools) {
  const { application, findSecret } = held;
  const { entry } = found;
  const annotations = new SettingAnnotations(application.metadata.annotations);
  const index = service.entries.indexOf(entry);
  const shared = sharedOriginOf(application, compile);
  const readSecret = (name: string) => shared.lookup(findSecret(name));
  return compileApi({ application, service, entry, index, annotations }, readSecret, compile);
}

interface TargetContext {
  readonly tools: CheckTools;
  readonly checking: Checking;
}

async function targetSteps(
  api: CompiledApi,
  credentials: CheckedCredentials,
  { tools, checking }: TargetContext,
): Promise<readonly CheckStep[]> {
  const { outbound, clock } = tools;
  const { url, refused } = api.target;
  if (refused) return refusedSteps();
  checking.running("tcp");
  const head = credentials.injection && probeHead(api, credentials.injection);
  const probe = await probeTarget(
    {
      origin: url.origin,
      tls: api.provider.tls,
      protocol: api.settings.targetProtocol,
      head,
      timeout: api.settings.timeout ?? tools.timeout,
      signal: checking.signal,
    },
    { ...outbound, clock },
  );
  return connectionSteps(probe, {
    hostname: url.hostname,
    serverName: api.provider.tls.trust?.serverName?.name ?? url.hostname,
    isSecure: url.origin.startsWith("https:"),
    isProxied: proxyFor(url.origin, outbound.proxies) !== undefined,
    presentsCertificate: api.provider.tls.certificate !== undefined,
    hasCredentials: api.provider.type !== "none",
    unsent: head ? undefined : credentials.unsent,
    now: clock.now(),
  });
}

function refusedSteps(): CheckStep[] {
  const message = "the egress policy refuses the address at which the target is written";
  const refused = {
    step: "policy",
    state: "failed",
    milliseconds: 0,
    message,
    remedy: transportRemedy("EGRESS_REFUSED"),
  } as const;
  return TARGET_STEPS.map((step) => {
    if (step === "policy") return refused;
    return skipped(step, step === "dns" ? "the target is written as an address" : "a step before it failed");
  });
}
