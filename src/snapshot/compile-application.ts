import { cutApplicationName, normaliseName } from "../core/names.ts";
import type { Application, ApplicationService } from "../core/resources/application.ts";
import { decodeSecret } from "../credentials/secret-data.ts";
import type { ReadSecret } from "../credentials/find-secret.ts";
import { compileApi, type CompileContext } from "./compile-api.ts";
import type { BrokenApi, CompiledApi, CompiledApplication, HostTarget, Resolution } from "./compiled.ts";
import type { FindSecret } from "./follow.ts";

/** One compiled entry and what an ambiguity says about it. */
interface Compiled {
  readonly service: ApplicationService;
  readonly api: CompiledApi | BrokenApi;
  readonly described: string;
}

/** Compiles an Application whole: what calls need is looked up, never worked out. */
export function compileApplication(
  application: Application,
  findSecret: FindSecret,
  context: CompileContext,
): CompiledApplication {
  const { name } = application.metadata;
  const services = application.spec?.services ?? [];
  const readSecret = secretReader(findSecret);
  const compiled = services.flatMap((service) => compileService(application, service, readSecret, context));
  // Those answer to the empty segment too, as in the original (gateway spec §5).
  const nameless = compiled.filter(({ service }) => normaliseName(service.displayName) === "");
  return {
    name,
    byService: new Map([
      ...resolutions(nameless, () => ""),
      ...resolutions(compiled, ({ api }) => api.identity.service),
    ]),
    byEntry: new Map([
      ...resolutions(nameless, ({ api }) => `/${api.identity.entry}`),
      ...resolutions(compiled, ({ api }) => `${api.identity.service}/${api.identity.entry}`),
    ]),
    byHost: new Map(services.map((service) => [hostOf(name, service), hostTarget(service, compiled)])),
    apis: compiled.map(({ api }) => api).filter((api) => api.kind === "api"),
    secretNames: secretNames(services),
  };
}

function secretReader(findSecret: FindSecret): ReadSecret {
  return (name) => {
    const secret = findSecret(name);
    if (!secret) return { kind: "missing" };
    return { kind: "found", data: decodeSecret(secret) };
  };
}

function compileService(
  application: Application,
  service: ApplicationService,
  readSecret: ReadSecret,
  context: CompileContext,
): Compiled[] {
  return service.entries.flatMap((entry, index) => {
    if (entry.type !== "API") return [];
    const api = compileApi({ application, service, entry, index }, readSecret, context);
    const described = `service.ID: '${service.id}', service.DisplayName: '${service.displayName}', entry.Name: '${entry.name ?? ""}'`;
    return [{ service, api, described }];
  });
}

/** One hit is the API itself; two or more are an ambiguity that lists them (gateway spec §6). */
function resolutions(
  compiled: readonly Compiled[],
  key: (one: Compiled) => string,
): ReadonlyMap<string, Resolution> {
  const found = new Map<string, Resolution>();
  for (const [name, hits] of Map.groupBy(compiled, key)) {
    const [first, ...others] = hits;
    if (!first) continue;
    const ambiguous = { kind: "ambiguous", hits: hits.map((hit) => hit.described).join(" | ") } as const;
    found.set(name, others.length === 0 ? first.api : ambiguous);
  }
  return found;
}

/** Name of the Access Service of 1.x; host names are compared without case. */
function hostOf(application: string, service: ApplicationService): string {
  return `${cutApplicationName(application)}-${service.id}`.toLowerCase();
}

/** The last API entry counts, as in 1.x (gateway spec §16). */
function hostTarget(service: ApplicationService, compiled: readonly Compiled[]): HostTarget {
  const own = compiled.filter((one) => one.service === service);
  return own.at(-1)?.api ?? { kind: "no-api", serviceId: service.id };
}

function secretNames(services: readonly ApplicationService[]): ReadonlySet<string> {
  const entries = services.flatMap((service) => service.entries);
  const names = entries.flatMap((entry) => [
    entry.credentials?.secretName ?? "",
    entry.requestParametersSecretName ?? "",
  ]);
  return new Set(names.filter((name) => name !== ""));
}
