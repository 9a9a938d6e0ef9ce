import type { Clock } from "../core/clock.ts";
import { reasonOf } from "../core/failures.ts";
import { secretKind, type Secret } from "../core/resources/secret.ts";
import { ClientAuthority } from "../pki/client-authority.ts";
import { FileFollower } from "../pki/file-follower.ts";
import {
  authorityFromFiles,
  authorityFromSecret,
  type SuppliedAuthority,
} from "../pki/supplied-authority.ts";
import { FollowedCollection } from "../snapshot/followed-collection.ts";
import type { Collection, Store } from "../stores/store.ts";
import { connectorFailure } from "./answer.ts";
import { checkOptions } from "./check-options.ts";
import type { ConnectorOptions } from "./options.ts";

export interface OpenAuthorityParts {
  readonly options: ConnectorOptions;
  /** `DIR/pki`. */
  readonly directory: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface OpenedAuthority extends AsyncDisposable {
  readonly authority: ClientAuthority;
}

/**
 * The authority of client certificates as the settings say: one of our own, or one from files or from a
 * Secret, which is taken anew when they change. What is supplied and cannot be used stops the start; later on
 * it is warned of, and the one before it signs on.
 */
export async function openAuthority(parts: OpenAuthorityParts): Promise<OpenedAuthority> {
  const { options, directory, clock } = parts;
  checkOptions(options);
  await using stack = new AsyncDisposableStack();
  const keyAlgorithm = options.caKeyAlgorithm;
  const read = readerOf(parts);
  const supplied = await read?.();
  const authority = await ClientAuthority.open({ directory, clock, keyAlgorithm, supplied });
  if (read) {
    const supply = async () => {
      await authority.supply(await read());
    };
    stack.use(await follow(parts, supply));
  }
  const running = stack.move();
  return { authority, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

type Reader = () => Promise<SuppliedAuthority>;

function readerOf({ options, store }: OpenAuthorityParts): Reader | undefined {
  const { caCertificateFile: certificate, caKeyFile: key } = options;
  if (certificate !== "") return () => authorityFromFiles({ certificate, key });
  const secret = secretName(options.caSecret);
  if (!secret) return undefined;
  const root = secretName(options.rootCaSecret);
  const secrets = store.collection<Secret>(secretKind);
  return async () => {
    const values = await valuesOf(secrets, secret);
    const above = root ? (await valuesOf(secrets, root))["cacert"] : undefined;
    // Our reader knows the original's root beside the others; cert-manager's is its ca.crt.
    return authorityFromSecret({ ...values, ...(above !== undefined && rootValue(values, above)) });
  };
}

function rootValue(values: Readonly<Record<string, string>>, root: string): Readonly<Record<string, string>> {
  return values["tls.key"] ? { "ca.crt": root } : { cacert: root };
}

interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** `ns/name`; `x`, `x/` and `/x` are in the namespace default, and `/` is none (connector spec §10). */
export function secretName(written: string): SecretName | undefined {
  const [first = "", second = ""] = written.split("/");
  if (first !== "" && second !== "") return { namespace: first, name: second };
  const name = first || second;
  return name === "" ? undefined : { namespace: "default", name };
}

async function valuesOf(
  secrets: Collection<Secret>,
  { namespace, name }: SecretName,
): Promise<Readonly<Record<string, string>>> {
  let secret: Secret | undefined;
  try {
    secret = await secrets.get({ namespace, name });
  } catch (error) {
    const values = [namespace, name, reasonOf(error)];
    throw connectorFailure("CONNECTOR_CA_SECRET_UNREADABLE", values, { cause: error });
  }
  if (!secret) throw connectorFailure("CONNECTOR_CA_SECRET_MISSING", [namespace, name]);
  const decoded = Object.entries(secret.data ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value, "base64").toString("utf8"),
  ]);
  return Object.fromEntries(decoded) as Readonly<Record<string, string>>;
}

async function follow(
  { options, store, clock, warn }: OpenAuthorityParts,
  supply: () => Promise<void>,
): Promise<AsyncDisposable> {
  const failed = (error: unknown) =>
    warn("the changed authority of client certificates cannot be used; the one before signs on", { error });
  if (options.caCertificateFile !== "") {
    const paths = [options.caCertificateFile, options.caKeyFile];
    const follower = await FileFollower.start({ paths, clock, changed: supply, failed });
    return { [Symbol.asyncDispose]: async () => follower[Symbol.dispose]() };
  }
  const names = [secretName(options.caSecret), secretName(options.rootCaSecret)];
  return followSecrets(
    { store, clock, warn },
    (key) => names.some((name) => name && key === `${name.namespace}/${name.name}`),
    () => void supply().catch(failed),
  );
}

async function followSecrets(
  { store, clock, warn }: Pick<OpenAuthorityParts, "store" | "clock" | "warn">,
  concerns: (key: string) => boolean,
  changed: () => void,
): Promise<AsyncDisposable> {
  let isBegun = false;
  const followed = new FollowedCollection<Secret>({
    collection: store.collection<Secret>(secretKind),
    key: ({ metadata: { namespace = "", name } }) => `${namespace}/${name}`,
    changed: (key) => {
      if (isBegun && concerns(key)) changed();
    },
    interrupted: (error) => warn("a watch of the store broke off and is begun again", { error }),
    clock,
  });
  await followed.synced;
  isBegun = true;
  // Between the first reading and here it may have changed.
  changed();
  return followed;
}
