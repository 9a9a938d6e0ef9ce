import type { Clock } from "../core/clock.ts";
import { Failure } from "../core/failures.ts";
import { secretKind, type Secret } from "../core/resources/secret.ts";
import type { CertificatePair } from "../pki/certificate-pair.ts";
import type { ServerKeyPair } from "../pki/server-key-pair.ts";
import { SuppliedServerCertificate } from "../pki/supplied-server-certificate.ts";
import { FollowedCollection } from "../snapshot/followed-collection.ts";
import type { Store } from "../stores/store.ts";
import { ingressFailures } from "./failures.ts";
import type { IngressOptions } from "./options.ts";

export interface ServerCertificateParts {
  readonly options: IngressOptions;
  readonly store: Store;
  /** Used unless the settings name another one. */
  readonly own: ServerKeyPair;
  readonly clock: Clock;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface OpenedServerCertificate extends AsyncDisposable {
  readonly certificate: ServerKeyPair;
}

/**
 * What both hosts present: files, a Secret, or our own. Each is taken anew when it changes; a change that
 * cannot be used is warned of, and the pair before it stays.
 */
export async function openServerCertificate(parts: ServerCertificateParts): Promise<OpenedServerCertificate> {
  const { options, own, clock, warn } = parts;
  const { certificateFile: certificate, keyFile: key, certificateSecret: secret } = options;
  if ((certificate === "") !== (key === "") || (certificate !== "" && secret !== "")) {
    throw new Failure("INGRESS_BAD_CERTIFICATE_SETTING", ingressFailures.INGRESS_BAD_CERTIFICATE_SETTING);
  }
  const failed = (error: unknown) =>
    warn("the changed server certificate cannot be used; the one before stays", { error });
  if (certificate !== "") {
    const followed = await SuppliedServerCertificate.follow({ files: { certificate, key }, clock, failed });
    return { certificate: followed, [Symbol.asyncDispose]: async () => followed[Symbol.dispose]() };
  }
  if (secret !== "") return fromSecret(parts, secret, failed);
  return { certificate: own, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function fromSecret(
  { store, clock, warn }: ServerCertificateParts,
  reference: string,
  failed: (error: unknown) => void,
): Promise<OpenedServerCertificate> {
  const [namespace, name = ""] = reference.includes("/") ? reference.split("/", 2) : ["default", reference];
  await using stack = new AsyncDisposableStack();
  let supplied: SuppliedServerCertificate | undefined;
  const secrets: FollowedCollection<Secret> = stack.use(
    new FollowedCollection<Secret>({
      collection: store.collection<Secret>(secretKind),
      selector: { namespace: namespace ?? "default" },
      changed: (changed) => {
        if (changed !== name || !supplied) return;
        try {
          supplied.replace(pairOf(secrets.get(name), reference));
        } catch (error) {
          failed(error);
        }
      },
      interrupted: (error) => warn("a watch of the store broke off and is begun again", { error }),
      clock,
    }),
  );
  await secrets.synced;
  const names = {
    certificate: `tls.crt of the Secret ${reference}`,
    key: `tls.key of the Secret ${reference}`,
  };
  supplied = new SuppliedServerCertificate(pairOf(secrets.get(name), reference), names);
  const certificate = supplied;
  const running = stack.move();
  return { certificate, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function pairOf(secret: Secret | undefined, reference: string): CertificatePair {
  const { "tls.crt": certificate, "tls.key": key } = secret?.data ?? {};
  if (certificate === undefined || key === undefined) {
    const definition = ingressFailures.INGRESS_CERTIFICATE_SECRET;
    throw new Failure("INGRESS_CERTIFICATE_SECRET", definition, [reference]);
  }
  return { certificate: decoded(certificate), key: decoded(key) };
}

function decoded(value: string): string {
  return Buffer.from(value, "base64").toString("utf8");
}
