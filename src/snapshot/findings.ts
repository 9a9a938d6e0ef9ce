import { serviceSegment } from "../core/names.ts";
import { SettingAnnotations } from "../core/resources/api-settings/setting-annotations.ts";
import { settingWarnings } from "../core/resources/api-settings/setting-warnings.ts";
import type { Application, ApplicationEntry, ApplicationService } from "../core/resources/application.ts";
import type { ReadSecret } from "../credentials/find-secret.ts";
import type { CompileContext } from "./compile-api.ts";
import { sharedOriginOf } from "./compile-application.ts";
import { compileService, type CompiledEntry } from "./compile-service.ts";
import type { CompiledApplication } from "./compiled.ts";
import { entryFaults } from "./entry-faults.ts";
import { remedyOf, type Fault, type Finding } from "./finding.ts";
import type { FindSecret } from "./follow.ts";

/** An Application as it is held, with what it was compiled to. */
export interface HeldApplication {
  readonly application: Application;
  readonly compiled: CompiledApplication;
  readonly findSecret: FindSecret;
  /** Whether the name of an Access Service, in lower case, stands for services of other Applications too. */
  readonly isHostShared: (host: string) => boolean;
}

export interface FindingContext {
  readonly compile: CompileContext;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What one service of an Application came to. */
export interface FoundService {
  readonly service: ApplicationService;
  /** Its segment in paths. */
  readonly segment: string;
  /** Its entries that are called; others are of no interest to the gateway. */
  readonly apis: readonly FoundApi[];
}

export interface FoundApi {
  readonly entry: ApplicationEntry;
  readonly compiled: CompiledEntry;
  /** The path under which 8080 serves it, from the root; undefined where that leads to several or to none. */
  readonly manualPath: string | undefined;
  /** Likewise of 8082. */
  readonly compassPath: string | undefined;
  readonly faults: readonly Fault[];
}

/** Settings without effect, which belong to no API. */
export function applicationFaults({ application }: HeldApplication): readonly Fault[] {
  return settingWarnings(application).map((message) => ({
    reason: "SettingUnknown",
    step: "settings",
    severity: "warning",
    message,
    remedy: remedyOf("SettingUnknown"),
  }));
}

/**
 * What the services of an Application came to, one after the other: what was compiled is remembered by the
 * service, so that nothing is kept for this and little is worked out again.
 */
export function* foundServices(
  held: HeldApplication,
  context: FindingContext,
  isWanted: (service: ApplicationService) => boolean = () => true,
): Generator<FoundService> {
  const { application, findSecret } = held;
  const annotations = new SettingAnnotations(application.metadata.annotations);
  const names = new SharedNames(application);
  const shared = sharedOriginOf(application, context.compile);
  const readSecret = (name: string) => shared.lookup(findSecret(name));
  const services = application.spec?.services ?? [];
  const lastOfId = new Map(services.map((service) => [service.id.toLowerCase(), service]));
  for (const service of services) {
    if (!isWanted(service)) continue;
    const source = { application, service, annotations, shared };
    const compiled = compileService(source, findSecret, context.compile);
    const apis = compiled.entries.map((one) => foundApi(one, { held, context, names, readSecret }));
    const winner = lastOfId.get(service.id.toLowerCase());
    const fault = hostFault(compiled.host, held, winner === service ? undefined : winner);
    yield { service, segment: serviceSegment(service), apis: withLastFault(apis, fault) };
  }
}

/**
 * The findings of an Application itself and then of each service, in their order; empty parts are given too, so that
 * whoever goes through thousands of them may pause anywhere.
 */
export function* findingParts(held: HeldApplication, context: FindingContext): Generator<readonly Finding[]> {
  yield applicationFaults(held);
  for (const found of foundServices(held, context)) yield findingsOf(found);
}

const NOTHING: readonly Finding[] = [];

function findingsOf({ service, apis }: FoundService): readonly Finding[] {
  if (apis.every(({ faults }) => faults.length === 0)) return NOTHING;
  const { id, displayName } = service;
  return apis.flatMap(({ entry, faults }) => {
    const where = { service: { id, displayName }, ...(entry.name ? { entry: entry.name } : {}) };
    return faults.map((fault) => ({ ...fault, ...where }));
  });
}

interface FoundWith {
  readonly held: HeldApplication;
  readonly context: FindingContext;
  readonly names: SharedNames;
  readonly readSecret: ReadSecret;
}

function foundApi(compiled: CompiledEntry, { held, context, names, readSecret }: FoundWith): FoundApi {
  const { entry, api, path } = compiled;
  const { service, entry: name } = api.identity;
  const { application, compiled: whole } = held;
  const root = `/${application.metadata.name}`;
  const isAlone = service !== "" && whole.byService.get(service)?.kind !== "ambiguous";
  const isAloneByEntry = service !== "" && name !== "" && whole.byEntry.get(path)?.kind !== "ambiguous";
  const manualPath = isAlone ? `${root}/${service}/` : undefined;
  const compassPath = isAloneByEntry ? `${root}/${path}/` : undefined;
  const { policy } = context.compile;
  const faults = entryFaults(entry, api, { readSecret, policy, now: context.now });
  const shared = manualPath === undefined ? names.faultOf(compiled, compassPath) : undefined;
  return { entry, compiled, manualPath, compassPath, faults: shared ? [shared, ...faults] : faults };
}

/** `winner`: a service of the same Application that has the host name instead. */
function hostFault(
  host: string,
  held: HeldApplication,
  winner: ApplicationService | undefined,
): Fault | undefined {
  const problem = held.isHostShared(host)
    ? `another Application has a service with the host name '${host}' too, so that calls by it are refused`
    : winner &&
      `the service '${winner.displayName}' has the same id, so that calls by the host name '${host}' reach that one`;
  if (!problem) return undefined;
  return {
    reason: "HostNameShared",
    step: "name",
    severity: "warning",
    message: problem,
    remedy: remedyOf("HostNameShared"),
  };
}

/** By the host name of its Access Service the last API of a service is called (gateway spec §16). */
function withLastFault(apis: readonly FoundApi[], fault: Fault | undefined): readonly FoundApi[] {
  const last = apis.at(-1);
  if (!last || !fault) return apis;
  return [...apis.slice(0, -1), { ...last, faults: [...last.faults, fault] }];
}

/** Which services share a segment, looked at when one of them is found to. */
class SharedNames {
  readonly #application: Application;
  #services: ReadonlyMap<string, number> | undefined;

  constructor(application: Application) {
    this.#application = application;
  }

  /** undefined for one of several APIs of a service that has its name for itself: those are for 8082. */
  faultOf({ api }: CompiledEntry, compassPath: string | undefined): Fault | undefined {
    const { service, entry } = api.identity;
    this.#services ??= this.#count();
    if (compassPath !== undefined && (this.#services.get(service) ?? 0) < 2) return undefined;
    const path = `/${this.#application.metadata.name}/${service}`;
    const shared = `several APIs answer at ${path} on 8080`;
    if (compassPath !== undefined) return nameFault("warning", `${shared}: this one is called on 8082 alone`);
    if (service === "") return nameFault("error", "neither its display name nor its id gives a path");
    const also = entry === "" ? "" : ` and at ${path}/${entry} on 8082`;
    return nameFault("error", `${shared}${also}, so that this one is not called`);
  }

  #count(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const service of this.#application.spec?.services ?? []) {
      if (!service.entries.some(({ type }) => type === "API")) continue;
      const segment = serviceSegment(service);
      counts.set(segment, (counts.get(segment) ?? 0) + 1);
    }
    return counts;
  }
}

function nameFault(severity: Fault["severity"], message: string): Fault {
  return { reason: "DuplicateName", step: "name", severity, message, remedy: remedyOf("DuplicateName") };
}
