import { SettingAnnotations } from "../core/resources/api-settings/setting-annotations.ts";
import { settingWarnings } from "../core/resources/api-settings/setting-warnings.ts";
import type { Application, ApplicationService } from "../core/resources/application.ts";
import type { CompileContext } from "./compile-api.ts";
import { compileService, type CompiledEntry, type CompiledService } from "./compile-service.ts";
import type { CompiledApi, CompiledApplication, HostTarget, Resolution } from "./compiled.ts";
import type { FindSecret } from "./follow.ts";
import { isSameSetting, settingOf, SharedOrigin, type Setting } from "./origin.ts";
import { Resolutions } from "./resolutions.ts";

/** What an Application was compiled to. Services may be added, as long as nothing else has their names. */
interface GrowingApplication extends CompiledApplication {
  readonly byService: Map<string, Resolution>;
  readonly byEntry: Map<string, Resolution>;
  readonly byHost: Map<string, HostTarget>;
  readonly apis: CompiledApi[];
  readonly secretNames: Set<string>;
  readonly setting: Setting;
  services: readonly ApplicationService[];
}

export interface CompiledWith {
  readonly findSecret: FindSecret;
  readonly context: CompileContext;
}

const NONE: readonly ApplicationService[] = [];

/** Compiles an Application whole: what calls need is looked up, never worked out. */
export function compileApplication(
  application: Application,
  findSecret: FindSecret,
  context: CompileContext,
): CompiledApplication {
  const services = application.spec?.services ?? NONE;
  const [byService, byEntry] = [new Resolutions(), new Resolutions()];
  const byHost = new Map<string, HostTarget>();
  const apis: CompiledApi[] = [];
  const secretNames = new Set<string>();
  const annotations = new SettingAnnotations(application.metadata.annotations);
  const shared = sharedOriginOf(application, context);
  tellWarnings(application, context);
  // In one walk: a change of one of thousands of services may bring it about again.
  for (const service of services) {
    const compiled = compileService({ application, service, annotations, shared }, findSecret, context);
    byHost.set(compiled.host, compiled.hostTarget);
    for (const name of compiled.origin.secretNames) secretNames.add(name);
    for (const one of compiled.entries) {
      for (const name of segmentsOf(one)) byService.add(name, one);
      for (const name of pathsOf(one)) byEntry.add(name, one);
      if (one.api.kind === "api") apis.push(one.api);
    }
  }
  const growing: GrowingApplication = {
    name: application.metadata.name,
    byService: byService.found,
    byEntry: byEntry.found,
    byHost,
    apis: apis.slice(),
    secretNames,
    setting: wholeSetting(application, annotations),
    services,
  };
  return growing;
}

/**
 * Adds to `compiled` what the Application has more than when that was made, where services at its end are all that
 * differs: what thousands before them came to need not be put together again for each registration. Gives the
 * services that it added; undefined where the Application must be compiled whole, and nothing is changed.
 */
export function extendApplication(
  compiled: CompiledApplication,
  application: Application,
  { findSecret, context }: CompiledWith,
): readonly CompiledService[] | undefined {
  const annotations = new SettingAnnotations(application.metadata.annotations);
  const setting = wholeSetting(application, annotations);
  if (!isGrowing(compiled) || !isSameSetting(compiled.setting, setting)) return undefined;
  const services = application.spec?.services ?? NONE;
  if (!compiled.services.every((service, index) => service === services[index])) return undefined;
  const shared = sharedOriginOf(application, context);
  const added = services
    .slice(compiled.services.length)
    .map((service) => compileService({ application, service, annotations, shared }, findSecret, context));
  const taken = new Set<string>();
  if (!added.every((service) => isFree(compiled, service, taken))) return undefined;
  for (const service of added) add(compiled, service);
  compiled.services = services;
  return added;
}

/** Reads the Secrets of an Application, for all of its services together. */
export function sharedOriginOf(
  { metadata }: Application,
  { requireOwnSecrets }: CompileContext,
): SharedOrigin {
  return new SharedOrigin(requireOwnSecrets ? metadata.name : undefined);
}

function wholeSetting(application: Application, annotations: SettingAnnotations): Setting {
  return settingOf(application, annotations.text);
}

function isGrowing(compiled: CompiledApplication): compiled is GrowingApplication {
  return "services" in compiled;
}

/** Whether its names, which are noted, lead to nothing else. */
function isFree(
  compiled: GrowingApplication,
  { entries, host }: CompiledService,
  taken: Set<string>,
): boolean {
  const isNew = (name: string, names: ReadonlyMap<string, unknown>) => {
    const key = `${names === compiled.byHost ? "host" : "path"} ${name}`;
    const isTaken = names.has(name) || taken.has(key);
    taken.add(key);
    return !isTaken;
  };
  return (
    isNew(host, compiled.byHost) &&
    entries.every((one) => segmentsOf(one).every((name) => isNew(name, compiled.byService))) &&
    entries.every((one) => pathsOf(one).every((name) => isNew(name, compiled.byEntry)))
  );
}

function add(compiled: GrowingApplication, service: CompiledService): void {
  compiled.byHost.set(service.host, service.hostTarget);
  for (const name of service.origin.secretNames) compiled.secretNames.add(name);
  for (const one of service.entries) {
    for (const name of segmentsOf(one)) compiled.byService.set(name, one.api);
    for (const name of pathsOf(one)) compiled.byEntry.set(name, one.api);
    if (one.api.kind === "api") compiled.apis.push(one.api);
  }
}

function segmentsOf({ api, nameless }: CompiledEntry): readonly string[] {
  const { service } = api.identity;
  return nameless && service !== "" ? [service, ""] : [service];
}

function pathsOf({ api, nameless, path }: CompiledEntry): readonly string[] {
  const { service, entry } = api.identity;
  return nameless && service !== "" ? [path, `/${entry}`] : [path];
}

/** Annotations whose author has been warned: they stand unchanged while services come and go. */
const told = new WeakSet<object>();

function tellWarnings(application: Application, { warn }: CompileContext): void {
  const { name, annotations } = application.metadata;
  if (!annotations || told.has(annotations)) return;
  told.add(annotations);
  for (const warning of settingWarnings(application)) warn(name, warning);
}
