import { SettingAnnotations } from "../core/resources/api-settings/setting-annotations.ts";
import type { Application } from "../core/resources/application.ts";
import type { CompileContext } from "./compile-api.ts";
import { compileService, type CompiledEntry } from "./compile-service.ts";
import type { CompiledApi, CompiledApplication, HostTarget } from "./compiled.ts";
import type { FindSecret } from "./follow.ts";
import { Resolutions } from "./resolutions.ts";

/**
 * Compiles an Application whole: what calls need is looked up, never worked out. In one walk, because it is done
 * again when one of thousands of services changes.
 */
export function compileApplication(
  application: Application,
  findSecret: FindSecret,
  context: CompileContext,
): CompiledApplication {
  const byService = new Resolutions();
  const byEntry = new Resolutions();
  const byHost = new Map<string, HostTarget>();
  const apis: CompiledApi[] = [];
  const secretNames = new Set<string>();
  const annotations = new SettingAnnotations(application.metadata.annotations);
  const add = (one: CompiledEntry) => {
    const { service, entry } = one.api.identity;
    byService.add(service, one);
    byEntry.add(one.path, one);
    if (one.nameless && service !== "") {
      byService.add("", one);
      byEntry.add(`/${entry}`, one);
    }
    if (one.api.kind === "api") apis.push(one.api);
  };
  for (const service of application.spec?.services ?? []) {
    const compiled = compileService({ application, service, annotations }, findSecret, context);
    byHost.set(compiled.host, compiled.hostTarget);
    for (const name of compiled.secretNames) secretNames.add(name);
    for (const one of compiled.entries) add(one);
  }
  const { name } = application.metadata;
  return { name, byService: byService.found, byEntry: byEntry.found, byHost, apis, secretNames };
}
