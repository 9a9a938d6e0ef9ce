import type { TestContext } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import { applicationKind, type Application } from "../../src/core/resources/application.ts";
import type { RequestHandler } from "../../src/http/request-handler.ts";
import type { Collection } from "../../src/stores/store.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import type { ValidatorOptions } from "../../src/validator/options.ts";
import { validatorSettings } from "../../src/validator/options.ts";
import { startValidator, type Validator } from "../../src/validator/start.ts";
import { openOutbound } from "./outbound.ts";
import { defaultsOf } from "./setting-defaults.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

export interface ValidatorScene {
  readonly validator: Validator;
  readonly origin: string;
  readonly applications: Collection<Application>;
  /** What reached a component of the same process: `registry GET /shop/v1/metadata/services`. */
  readonly reached: string[];
  readonly warnings: string[];
  /** Hashes of revoked certificates. */
  readonly revoked: Set<string>;
}

/** A validator alone behind a proxy that it trusts: the test, on the loopback. */
export async function validatorScene(
  context: TestContext,
  options: Partial<ValidatorOptions> & { readonly central?: boolean } = {},
): Promise<ValidatorScene> {
  const stack = new AsyncDisposableStack();
  context.after(() => stack.disposeAsync());
  const { path: directory } = stack.use(new TemporaryDirectory());
  const store = stack.use(await openSqliteStore({ directory, clock: systemClock }));
  const { connections } = stack.use(await openOutbound());
  const reached: string[] = [];
  const warnings: string[] = [];
  const revoked = new Set<string>();
  const component =
    (name: string): RequestHandler =>
    (request, response) => {
      reached.push(`${name} ${request.method} ${request.url}`);
      response.end(`from ${name}`);
    };
  const { central = false, ...given } = options;
  const validator = stack.use(
    await startValidator({
      store,
      options: {
        ...defaultsOf(validatorSettings),
        port: 0,
        trustedXfccProxies: ["127.0.0.0/8"],
        ...given,
      },
      central,
      connections,
      upstreams: { registry: component("registry"), events: component("events") },
      listens: true,
      revoked: (hash) => revoked.has(hash),
      clock: systemClock,
      warn: (message) => warnings.push(message),
    }),
  );
  const applications = store.collection<Application>(applicationKind);
  return { validator, origin: validator.origin ?? "", applications, reached, warnings, revoked };
}
