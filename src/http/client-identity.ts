import type { IncomingMessage } from "node:http";

/**
 * What a certificate's subject says. An attribute is undefined where the subject lacks it, and where it has
 * it more than once: then nobody can say which value counts (connector spec §15).
 */
export interface ClientSubject {
  readonly commonName: string | undefined;
  readonly organization: string | undefined;
  readonly organizationalUnit: string | undefined;
  readonly locality: string | undefined;
  readonly province: string | undefined;
  readonly country: string | undefined;
  /** Some attribute stands there more than once: no rule may match this subject. */
  readonly duplicated: boolean;
}

/** Who the client certificate says the caller is. */
export interface ClientIdentity {
  readonly subject: ClientSubject;
  /** Lower-case hex SHA-256 of the certificate's DER; undefined where a foreign proxy gave none. */
  readonly hash: string | undefined;
  /** End of the certificate in milliseconds since the epoch; undefined where only a header is known. */
  readonly notAfter: number | undefined;
}

// A symbol on the request cannot come over the wire, and costs less than a WeakMap.
const IDENTITY: unique symbol = Symbol("client identity");

interface Identified extends IncomingMessage {
  [IDENTITY]?: ClientIdentity;
}

/** For whoever has verified the certificate itself: our ingress. */
export function setClientIdentity(request: IncomingMessage, identity: ClientIdentity): void {
  (request as Identified)[IDENTITY] = identity;
}

/** The verified identity of a request that came through our ingress in this process; else undefined. */
export function clientIdentityOf(request: IncomingMessage): ClientIdentity | undefined {
  return (request as Identified)[IDENTITY];
}
