import type { TestContext } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import type { Application } from "../../src/core/resources/application.ts";
import type { New } from "../../src/core/resources/resource.ts";
import type { Secret } from "../../src/core/resources/secret.ts";
import { Credentials } from "../../src/credentials/credentials.ts";
import { LimitStates } from "../../src/gateway/limits/limit-states.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import type { CompileContext } from "../../src/snapshot/compile-api.ts";
import { compileApplication } from "../../src/snapshot/compile-application.ts";
import type { HeldApplication } from "../../src/snapshot/findings.ts";
import { secret } from "./applications.ts";

export interface HeldScene {
  /** Plain values by the Secret's name. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly denied?: readonly string[];
  readonly requireOwnSecrets?: boolean;
  /** Names of Access Services that other Applications have too. */
  readonly sharedHosts?: readonly string[];
}

/** An Application as the gateway holds it, without a gateway; nothing may be called for it. */
export function holdApplication(
  context: TestContext,
  application: New<Application>,
  { secrets = {}, denied = [], requireOwnSecrets = false, sharedHosts = [] }: HeldScene = {},
): { readonly held: HeldApplication; readonly compile: CompileContext } {
  const policy = new EgressPolicy(denied);
  const pool = () => {
    throw new Error("findings call nobody");
  };
  const credentials = new Credentials({ connections: { pool }, policy, clock: systemClock, timeout: 1000 });
  context.after(() => credentials.close());
  const compile = { credentials, policy, limits: new LimitStates(), requireOwnSecrets, warn: () => {} };
  const found = new Map(
    Object.entries(secrets).map(([name, data]) => [name, secret(name, data) as Secret] as const),
  );
  const findSecret = (name: string) => found.get(name);
  const whole = application as Application;
  return {
    held: {
      application: whole,
      compiled: compileApplication(whole, findSecret, compile),
      findSecret,
      isHostShared: (host) => sharedHosts.includes(host),
    },
    compile,
  };
}
