import { cutApplicationName, normaliseName } from "../core/names.ts";
import type { Application, ApplicationService } from "../core/resources/application.ts";
import type { CompileContext } from "./compile-api.ts";
import { compileService, type CompiledEntry } from "./compile-service.ts";
import type { CompiledApplication, HostTarget, Resolution } from "./compiled.ts";
import type { FindSecret } from "./follow.ts";

/** Compiles an Application whole: what calls need is looked up, never worked out. */
export function compileApplication(
  application: Application,
  findSecret: FindSecret,
  context: CompileContext,
): CompiledApplication {
  const { name } = application.metadata;
  const services = application.spec?.services ?? [];
  const compiledServices = services.map((service) =>
    compileService({ application, service }, findSecret, context),
  );
  const compiled = compiledServices.flat();
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
    byHost: new Map(
      services.map((service, index) => [hostOf(name, service), hostTarget(service, compiledServices[index])]),
    ),
    apis: compiled.map(({ api }) => api).filter((api) => api.kind === "api"),
    secretNames: secretNames(services),
  };
}

/** One hit is the API itself; two or more are an ambiguity that lists them (gateway spec §6). */
function resolutions(
  compiled: readonly CompiledEntry[],
  key: (one: CompiledEntry) => string,
): ReadonlyMap<string, Resolution> {
  const found = new Map<string, Resolution>();
  const firsts = new Map<string, CompiledEntry>();
  for (const one of compiled) {
    const name = key(one);
    const first = firsts.get(name);
    const before = found.get(name);
    if (!first || !before) {
      firsts.set(name, one);
      found.set(name, one.api);
    } else {
      const others = before.kind === "ambiguous" ? before.hits : described(first);
      found.set(name, { kind: "ambiguous", hits: `${others} | ${described(one)}` });
    }
  }
  return found;
}

/** What an ambiguity says about an entry. */
function described({ service, entry }: CompiledEntry): string {
  return `service.ID: '${service.id}', service.DisplayName: '${service.displayName}', entry.Name: '${entry.name ?? ""}'`;
}

/** Name of the Access Service of 1.x; host names are compared without case. */
function hostOf(application: string, service: ApplicationService): string {
  return `${cutApplicationName(application)}-${service.id}`.toLowerCase();
}

/** The last API entry counts, as in 1.x (gateway spec §16). */
function hostTarget(service: ApplicationService, compiled: readonly CompiledEntry[] = []): HostTarget {
  return compiled.at(-1)?.api ?? { kind: "no-api", serviceId: service.id };
}

function secretNames(services: readonly ApplicationService[]): ReadonlySet<string> {
  const entries = services.flatMap((service) => service.entries);
  const names = entries.flatMap((entry) => [
    entry.credentials?.secretName ?? "",
    entry.requestParametersSecretName ?? "",
  ]);
  return new Set(names.filter((name) => name !== ""));
}
