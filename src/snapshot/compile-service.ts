import type { Application, ApplicationEntry, ApplicationService } from "../core/resources/application.ts";
import type { Secret } from "../core/resources/secret.ts";
import type { ReadSecret } from "../credentials/find-secret.ts";
import { decodeSecret } from "../credentials/secret-data.ts";
import { compileApi, type CompileContext } from "./compile-api.ts";
import type { BrokenApi, CompiledApi } from "./compiled.ts";
import type { FindSecret } from "./follow.ts";

/** One compiled entry in its place. */
export interface CompiledEntry {
  readonly service: ApplicationService;
  readonly entry: ApplicationEntry;
  readonly api: CompiledApi | BrokenApi;
}

interface ServiceSource {
  readonly application: Application;
  readonly service: ApplicationService;
}

/** What of the Application counts, which itself is not held: it is large, and another one after each change. */
interface Setting {
  readonly application: string;
  readonly encodeUrl: boolean | undefined;
  readonly skipVerify: boolean | undefined;
}

interface FoundSecret {
  readonly name: string;
  readonly secret: Secret | undefined;
}

/** What came of a service, and everything that it came of. */
interface Remembered {
  readonly compiled: readonly CompiledEntry[];
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
  { application, service }: ServiceSource,
  findSecret: FindSecret,
  context: CompileContext,
): readonly CompiledEntry[] {
  const { encodeUrl, skipVerify } = application.spec ?? {};
  const setting = { application: application.metadata.name, encodeUrl, skipVerify };
  const known = remembered.get(service);
  if (known?.context === context && isCurrent(known, setting, findSecret)) return known.compiled;
  const secrets: FoundSecret[] = [];
  const readSecret = secretReader((name) => {
    const secret = findSecret(name);
    secrets.push({ name, secret });
    return secret;
  });
  const compiled = compileEntries({ application, service }, readSecret, context);
  remembered.set(service, { compiled, setting, context, secrets });
  return compiled;
}

function isCurrent({ setting, secrets }: Remembered, now: Setting, findSecret: FindSecret): boolean {
  return (
    setting.application === now.application &&
    setting.encodeUrl === now.encodeUrl &&
    setting.skipVerify === now.skipVerify &&
    secrets.every(({ name, secret }) => findSecret(name) === secret)
  );
}

function compileEntries(
  { application, service }: ServiceSource,
  readSecret: ReadSecret,
  context: CompileContext,
): CompiledEntry[] {
  return service.entries.flatMap((entry, index) => {
    if (entry.type !== "API") return [];
    const api = compileApi({ application, service, entry, index }, readSecret, context);
    return [{ service, entry, api }];
  });
}

function secretReader(findSecret: FindSecret): ReadSecret {
  return (name) => {
    const secret = findSecret(name);
    if (!secret) return { kind: "missing" };
    return { kind: "found", data: decodeSecret(secret) };
  };
}
