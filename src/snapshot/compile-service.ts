import { cutApplicationName, normaliseName, serviceSegment } from "../core/names.ts";
import type { SettingAnnotations } from "../core/resources/api-settings/setting-annotations.ts";
import type { Application, ApplicationEntry, ApplicationService } from "../core/resources/application.ts";
import { entryCredentials } from "../core/resources/entry-credentials.ts";
import type { ReadSecret } from "../credentials/find-secret.ts";
import { compileApi, type CompileContext } from "./compile-api.ts";
import type { BrokenApi, CompiledApi, HostTarget } from "./compiled.ts";
import type { FindSecret } from "./follow.ts";
import {
  isSameSetting,
  settingOf,
  type SharedOrigin,
  type FoundSecret,
  type Origin,
  type Setting,
} from "./origin.ts";

/** What of one service calls are resolved by. */
export interface CompiledService {
  readonly entries: readonly CompiledEntry[];
  /** Name of its Access Service of 1.x; host names are compared without case. */
  readonly host: string;
  /** The last API entry counts, as in 1.x (gateway spec §16). */
  readonly hostTarget: HostTarget;
  readonly origin: Origin;
}

/** One compiled entry in its place. */
export interface CompiledEntry {
  readonly service: ApplicationService;
  readonly entry: ApplicationEntry;
  readonly api: CompiledApi | BrokenApi;
  /** `service/entry` of its identity. */
  readonly path: string;
  /** The service has no usable name and goes by its id, but answers to the empty segment too, as in the original. */
  readonly nameless: boolean;
}

interface ServiceSource {
  readonly application: Application;
  readonly service: ApplicationService;
  /** What the Application's annotations set. */
  readonly annotations: SettingAnnotations;
  /** Of all services of the Application. */
  readonly shared: SharedOrigin;
}

const remembered = new WeakMap<ApplicationService, CompiledService>();

/**
 * Compiles the entries of one service, or gives what came of it before: an Application may have thousands of
 * services, and a change of one of them leaves the others the objects that they were.
 */
export function compileService(
  source: ServiceSource,
  findSecret: FindSecret,
  context: CompileContext,
): CompiledService {
  const { application, service, annotations, shared } = source;
  const setting = settingOf(
    application,
    annotations.isEmpty ? "" : annotations.textFor(serviceSegment(service)),
  );
  const known = remembered.get(service);
  if (known?.origin.context === context && isCurrent(known.origin, setting, findSecret)) return known;
  const secrets: FoundSecret[] = [];
  const readSecret: ReadSecret = (name) => {
    const secret = findSecret(name);
    secrets.push({ name, secret });
    return shared.lookup(secret);
  };
  const entries = compileEntries(source, readSecret, context);
  const origin = { setting, context, secrets: exactly(secrets), secretNames: namesOf(service, secrets) };
  const compiled = {
    entries,
    host: `${cutApplicationName(application.metadata.name)}-${service.id}`.toLowerCase(),
    hostTarget: entries.at(-1)?.api ?? ({ kind: "no-api", serviceId: service.id } as const),
    origin: shared.share(origin),
  };
  remembered.set(service, compiled);
  return compiled;
}

function isCurrent({ setting, secrets }: Origin, now: Setting, findSecret: FindSecret): boolean {
  return isSameSetting(setting, now) && secrets.every(({ name, secret }) => findSecret(name) === secret);
}

function compileEntries(
  { application, service, annotations }: ServiceSource,
  readSecret: ReadSecret,
  context: CompileContext,
): CompiledEntry[] {
  const nameless = normaliseName(service.displayName) === "";
  const compiled = service.entries.flatMap((entry, index) => {
    if (entry.type !== "API") return [];
    const api = compileApi({ application, service, entry, index, annotations }, readSecret, context);
    const path = `${api.identity.service}/${api.identity.entry}`;
    return [{ service, entry, api, path, nameless }];
  });
  return exactly(compiled);
}

/** Those that its entries refer to, and those that were looked for, as its settings ask. */
function namesOf({ entries }: ApplicationService, secrets: readonly FoundSecret[]): string[] {
  const names = entries.flatMap((entry) => [
    entryCredentials(entry)?.secretName ?? "",
    entry.requestParametersSecretName ?? "",
  ]);
  const looked = secrets.map(({ name }) => name);
  return [...new Set([...names.filter((name) => name !== ""), ...looked])];
}

/** An array that has grown holds room for 16 items and more, which a copy has not. */
function exactly<T>(grown: readonly T[]): T[] {
  return grown.slice();
}
