import { cutApplicationName, normaliseName, serviceSegment } from "../core/names.ts";
import type { SettingAnnotations } from "../core/resources/api-settings/setting-annotations.ts";
import type { Application, ApplicationEntry, ApplicationService } from "../core/resources/application.ts";
import { entryCredentials } from "../core/resources/entry-credentials.ts";
import type { Secret } from "../core/resources/secret.ts";
import type { ReadSecret } from "../credentials/find-secret.ts";
import { compileApi, type CompileContext } from "./compile-api.ts";
import type { BrokenApi, CompiledApi, HostTarget } from "./compiled.ts";
import type { FindSecret } from "./follow.ts";
import { secretReader } from "./secret-reader.ts";

/** What of one service calls are resolved by. */
export interface CompiledService {
  readonly entries: readonly CompiledEntry[];
  /** Names of the Secrets that its entries and settings refer to, also of entries that are no APIs. */
  readonly secretNames: readonly string[];
  /** Name of its Access Service of 1.x; host names are compared without case. */
  readonly host: string;
  /** The last API entry counts, as in 1.x (gateway spec §16). */
  readonly hostTarget: HostTarget;
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
}

/** What of the Application counts, which itself is not held: it is large, and another one after each change. */
export interface Setting {
  readonly application: string;
  readonly encodeUrl: boolean | undefined;
  readonly skipVerify: boolean | undefined;
  /** What annotations set for the service and its entries. */
  readonly annotated: string;
}

interface FoundSecret {
  readonly name: string;
  readonly secret: Secret | undefined;
}

/** What came of a service, and everything that it came of. */
interface Remembered {
  readonly compiled: CompiledService;
  readonly setting: Setting;
  readonly context: CompileContext;
  /** As they were found, or not. A service has two at most, and a map would take more room than all the rest. */
  readonly secrets: readonly FoundSecret[];
}

const remembered = new WeakMap<ApplicationService, Remembered>();

/**
 * Compiles the entries of one service, or gives what came of it before: an Application may have thousands of
 * services, and a change of one of them leaves the others the objects that they were.
 */
export function compileService(
  source: ServiceSource,
  findSecret: FindSecret,
  context: CompileContext,
): CompiledService {
  const { application, service, annotations } = source;
  const setting = settingOf(
    application,
    annotations.isEmpty ? "" : annotations.textFor(serviceSegment(service)),
  );
  const known = remembered.get(service);
  if (known?.context === context && isCurrent(known, setting, findSecret)) return known.compiled;
  const secrets: FoundSecret[] = [];
  const readSecret = secretReader((name) => {
    const secret = findSecret(name);
    secrets.push({ name, secret });
    return secret;
  });
  const entries = compileEntries(source, readSecret, context);
  const compiled = {
    entries,
    secretNames: [...new Set([...secretNames(service), ...secrets.map(({ name }) => name)])],
    host: `${cutApplicationName(application.metadata.name)}-${service.id}`.toLowerCase(),
    hostTarget: entries.at(-1)?.api ?? ({ kind: "no-api", serviceId: service.id } as const),
  };
  remembered.set(service, { compiled, setting, context, secrets });
  return compiled;
}

/** `annotated`: what annotations set, so that equal texts mean equal settings. */
export function settingOf({ metadata, spec }: Application, annotated: string): Setting {
  return { application: metadata.name, encodeUrl: spec?.encodeUrl, skipVerify: spec?.skipVerify, annotated };
}

export function isSameSetting(setting: Setting, other: Setting): boolean {
  return (
    setting.application === other.application &&
    setting.encodeUrl === other.encodeUrl &&
    setting.skipVerify === other.skipVerify &&
    setting.annotated === other.annotated
  );
}

function isCurrent({ setting, secrets }: Remembered, now: Setting, findSecret: FindSecret): boolean {
  return isSameSetting(setting, now) && secrets.every(({ name, secret }) => findSecret(name) === secret);
}

function compileEntries(
  { application, service, annotations }: ServiceSource,
  readSecret: ReadSecret,
  context: CompileContext,
): CompiledEntry[] {
  const nameless = normaliseName(service.displayName) === "";
  return service.entries.flatMap((entry, index) => {
    if (entry.type !== "API") return [];
    const api = compileApi({ application, service, entry, index, annotations }, readSecret, context);
    const path = `${api.identity.service}/${api.identity.entry}`;
    return [{ service, entry, api, path, nameless }];
  });
}

function secretNames({ entries }: ApplicationService): string[] {
  const names = entries.flatMap((entry) => [
    entryCredentials(entry)?.secretName ?? "",
    entry.requestParametersSecretName ?? "",
  ]);
  return names.filter((name) => name !== "");
}
