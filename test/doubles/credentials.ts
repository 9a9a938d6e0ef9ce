import { systemClock, type Clock } from "../../src/core/clock.ts";
import type { ApplicationEntry } from "../../src/core/resources/application.ts";
import {
  Credentials,
  type CompiledCredentials,
  type CredentialSource,
} from "../../src/credentials/credentials.ts";
import { credentialFailureText, isCredentialFailure } from "../../src/credentials/failures.ts";
import type { ReadSecret } from "../../src/credentials/find-secret.ts";
import { tlsIdentity } from "../../src/outbound/tls-identity.ts";
import type { TestAuthority } from "./certificates.ts";
import { openOutbound } from "./outbound.ts";

export interface OpenedCredentials extends AsyncDisposable {
  readonly credentials: Credentials;
  /** Compiles an entry that has to compile. */
  compile(
    entry: NonNullable<ApplicationEntry["credentials"]>,
    secret: Readonly<Record<string, string | Buffer>>,
    changes?: Partial<CredentialSource>,
  ): CompiledCredentials;
}

export interface OpenOptions {
  readonly clock?: Clock;
  readonly authority?: TestAuthority;
  /** Milliseconds; 5000 unless given. */
  readonly timeout?: number;
  readonly random?: () => number;
  readonly deniedNetworks?: readonly string[];
}

/** Credentials over real connections. */
export async function openCredentials(options: OpenOptions = {}): Promise<OpenedCredentials> {
  const { clock = systemClock, timeout = 5000, random = () => 0.5 } = options;
  const outbound = await openOutbound(options.authority, options.deniedNetworks);
  const credentials = new Credentials({ ...outbound, clock, timeout, random });
  return {
    credentials,
    compile(entry, secret, changes = {}) {
      const source = aSource(entry, changes);
      const compiled = credentials.compile(source, secretsNamed({ [entry.secretName]: secret }));
      if (isCredentialFailure(compiled)) throw new Error(credentialFailureText(compiled));
      compiled.provider.hold();
      compiled.csrf?.hold();
      return compiled;
    },
    async [Symbol.asyncDispose]() {
      credentials.close();
      await outbound[Symbol.asyncDispose]();
    },
  };
}

export function aSource(
  credentials: ApplicationEntry["credentials"],
  changes: Partial<CredentialSource> = {},
): CredentialSource {
  return {
    application: "shop",
    service: "orders",
    entry: "v1",
    tls: tlsIdentity(true),
    credentials,
    ...changes,
  };
}

/** A store of Secrets that holds these. */
export function secretsNamed(
  secrets: Readonly<Record<string, Readonly<Record<string, string | Buffer>>>>,
): ReadSecret {
  return (name) => {
    const secret = secrets[name];
    if (!secret) return { kind: "missing" };
    const entries = Object.entries(secret).map(([key, value]) => [key, Buffer.from(value)] as const);
    return { kind: "found", data: new Map(entries) };
  };
}
