import { channel, type Channel } from "node:diagnostics_channel";

import type { NoticeReason } from "./notice-reasons.ts";

/**
 * Every diagnostics channel of the product and what is published on it. Logs, metrics, traces and audit
 * subscribe; publishers ask `hasSubscribers` first, so nothing is paid where nobody listens. No payload
 * carries a credential, a body or a query string.
 */
interface TypedChannel<Payload> extends Pick<Channel, "hasSubscribers"> {
  publish(payload: Payload): void;
  subscribe(listener: (payload: Payload) => void): void;
  unsubscribe(listener: (payload: Payload) => void): void;
}

function typed<Payload>(name: string): TypedChannel<Payload> {
  return channel(name) as TypedChannel<Payload>;
}

/** One call through the gateway, published when its answer has been sent or its caller has gone. */
export interface FinishedCall {
  readonly listener: "manual" | "compass" | "legacy";
  readonly requestId: string;
  /** `-` where what came could not be read as a request. */
  readonly method: string;
  /** Path as received, without the query, which may carry secrets; empty where it is not known. */
  readonly path: string;
  /** Names as registered; undefined where the call was refused before they were known. */
  readonly application: string | undefined;
  readonly service: string | undefined;
  readonly entry: string | undefined;
  /** One object per API entry while its configuration stands: a key for caches. */
  readonly api: object | undefined;
  /** Status that the caller saw; 499 when the caller went away before it. */
  readonly status: number;
  /** Status of the target's last answer; undefined when there was none. */
  readonly targetStatus: number | undefined;
  /** The version of HTTP of that answer. */
  readonly targetProtocol: "1.1" | "2" | undefined;
  readonly origin: "gateway" | "target";
  /** What stands in X-Gateway-Error. */
  readonly gatewayError: GatewayErrorCategory | undefined;
  /** Code of the failure table. */
  readonly failure: string | undefined;
  /** Text of what went wrong, without secrets. */
  readonly reason: string | undefined;
  /** Requests sent to the target; more than 1 where the call was repeated. */
  readonly attempts: number;
  /** undefined when the API needs no token. */
  readonly tokenCacheHit: boolean | undefined;
  /** The registered credential; undefined where the caller's own token took its place. */
  readonly credentialType: string | undefined;
  readonly credentialSecret: string | undefined;
  /** The caller brought its own token in Access-Token. */
  readonly accessToken: boolean;
  /** false where skipVerify turned off the verification of the target's certificate. */
  readonly tlsVerified: boolean;
  readonly peer: string | undefined;
  /** Who the service mesh says the caller is, where the call carried its identity header. */
  readonly callerIdentity: string | undefined;
  readonly milliseconds: number;
  /** From sending to the target to the end of its answer, over all attempts. */
  readonly upstreamMilliseconds: number;
  readonly traceparent: string | undefined;
}

export type GatewayErrorCategory = "request" | "token" | "csrf" | "target" | "config" | "policy" | "limit";

export const callFinished = typed<FinishedCall>("appconn:gateway:call-finished");

/** Whose call it is. */
export type AddressedCall = Pick<FinishedCall, "application" | "service" | "entry">;

/**
 * The API of a call was found: the very object that `callFinished` publishes later. Again where it is looked for again.
 */
export const callAddressed = typed<AddressedCall>("appconn:gateway:call-addressed");

/** A call came in (+1) or ended (-1), for the gauge of calls in flight. */
export const callsInFlight = typed<{ readonly delta: 1 | -1 }>("appconn:gateway:in-flight");

/**
 * A tunnel that an upgrade opened, published when both of its connections have closed. Its call has ended before, with
 * the 101.
 */
export interface EndedTunnel {
  readonly call: FinishedCall;
  /** As the caller named it: `websocket`. */
  readonly protocol: string;
  readonly reason: TunnelEnd;
  readonly bytesToTarget: number;
  readonly bytesToCaller: number;
  readonly milliseconds: number;
}

/**
 * Who ended it first, or why the gateway did: nothing moved for too long, the API was changed or removed, the process
 * is leaving.
 */
export type TunnelEnd = "caller" | "target" | "idle" | "changed" | "drained";

export const tunnelEnded = typed<EndedTunnel>("appconn:gateway:tunnel-ended");

/** A tunnel was opened (+1) or has ended (-1). */
export const tunnelsOpen = typed<{ readonly delta: 1 | -1 }>("appconn:gateway:tunnels-open");

/** What tunnels have carried since it was told last: some times a second, and when one ends. Bytes. */
export interface TunnelTraffic {
  readonly toTarget: number;
  readonly toCaller: number;
}

export const tunnelsMoved = typed<TunnelTraffic>("appconn:gateway:tunnels-moved");

/**
 * The circuit breaker of an API has opened or closed; it may be told so again. One that has let a call try is open until
 * that succeeds.
 */
export interface BreakerChange {
  /** Tells it from others whose names are the same. */
  readonly api: string;
  readonly application: string;
  readonly service: string;
  readonly entry: string;
  readonly open: boolean;
}

export const breakerChanged = typed<BreakerChange>("appconn:gateway:breaker-changed");

export interface TokenFetched {
  readonly type: "OAuth" | "OAuthWithCert" | "csrf";
  readonly result: "ok" | "failed";
  readonly milliseconds: number;
  /** Ahead of expiry, with no caller waiting. */
  readonly background: boolean;
  /** Failure code and text without secrets, where it failed. */
  readonly failure: string | undefined;
  readonly reason: string | undefined;
}

export const tokenFetched = typed<TokenFetched>("appconn:credentials:token-fetched");

export const cacheLookedUp = typed<{ readonly cache: "token" | "csrf"; readonly hit: boolean }>(
  "appconn:credentials:cache-looked-up",
);

/** One write through the admin API, published with its answer: also when it was refused, or nobody waited for it. */
export interface AdminWrite {
  readonly user: string;
  readonly verb: "create" | "update" | "patch" | "apply" | "delete" | "deletecollection";
  /**
   * Plural name of the kind, with its group where it has one: `secrets`, `applications.applicationconnector.kyma-project.io`.
   * Below /v1, the path.
   */
  readonly resource: string;
  readonly namespace: string | undefined;
  /** undefined where the name is not known: a collection, a body that was not read. */
  readonly name: string | undefined;
  /** HTTP status of the answer; 0 where the caller left before there was one. */
  readonly code: number;
  /** It was asked only what would come of it. */
  readonly dryRun?: boolean;
  readonly peer: string | undefined;
  /** What kubectl says of itself in `Kubectl-Command` and `Kubectl-Session`; a caller may say anything. */
  readonly command?: string | undefined;
  readonly session?: string | undefined;
  /** Of an access token that was asked for: what it is good for, and for which Applications alone. */
  readonly role?: string | undefined;
  readonly applications?: readonly string[] | undefined;
}

export const adminWritten = typed<AdminWrite>("appconn:admin:written");

/** One answer of the admin API's port, published when it has been sent or its caller has gone. */
export interface AdminAnswer {
  /** As Kubernetes names it: `get`, `list`, `watch`, `create` …; `other` for what has none. */
  readonly verb: string;
  /** Plural name of the kind with its group; of what is no kind, what it belongs to: `discovery`, `internal`. */
  readonly resource: string;
  /** HTTP status; 0 where the caller left before there was one. */
  readonly code: number;
  readonly milliseconds: number;
}

export const adminAnswered = typed<AdminAnswer>("appconn:admin:answered");

/** A request came to the admin API's port (+1) or was answered (-1). Of watches, `resource` says what they watch. */
export const adminInFlight = typed<{ readonly watches: string | undefined; readonly delta: 1 | -1 }>(
  "appconn:admin:in-flight",
);

/** Why a TLS handshake at the ingress came to nothing; a label of a metric. */
export type HandshakeRefusal =
  | "certificate-missing"
  | "certificate-untrusted"
  | "certificate-expired"
  | "certificate-not-yet-valid"
  | "certificate-purpose"
  | "certificate-invalid"
  | "protocol-version"
  | "no-common-algorithm"
  | "no-common-application-protocol"
  /** The client did not accept our certificate, or said so. */
  | "client-refused"
  | "client-left"
  | "malformed"
  | "timeout"
  /** Too many handshakes at once, or too many connections. */
  | "overload";

export interface HandshakeRefused {
  readonly listener: IngressListener;
  readonly reason: HandshakeRefusal;
  /** OpenSSL's or Node's code, where there is one. */
  readonly detail: string | undefined;
  readonly peer: string | undefined;
}

export type IngressListener = "gateway" | "pairing";

export const handshakeRefused = typed<HandshakeRefused>("appconn:ingress:handshake-refused");

/** One request at the ingress, published when its answer has been sent or its client has gone. */
export interface IngressRequest {
  readonly listener: IngressListener;
  readonly method: string;
  /** Path as received, without the query, which may hold a token. */
  readonly path: string;
  /** Status that the client saw; 499 when it went away before. */
  readonly status: number;
  /** Code of the failure table where the ingress itself answered. */
  readonly failure: string | undefined;
  /** Common name and hash of the client's certificate, where one was presented. */
  readonly client: string | undefined;
  readonly certificate: string | undefined;
  readonly peer: string | undefined;
  readonly milliseconds: number;
}

export const ingressRequestFinished = typed<IngressRequest>("appconn:ingress:request-finished");

/** A connection was opened (+1) or has ended (-1) at the ingress, handshake or not. */
export const ingressConnections = typed<{ readonly listener: IngressListener; readonly delta: 1 | -1 }>(
  "appconn:ingress:connections",
);

/** One step of pairing, for log and audit. It never carries a token, a key or a request. */
export interface PairingStep {
  readonly action: "token" | "issue" | "renew" | "revoke" | "rotate";
  readonly phase: "started" | "succeeded" | "failed";
  /** Empty for a runtime; undefined where it is not known: a revocation of a foreign certificate, a rotation. */
  readonly application: string | undefined;
  readonly tenant: string | undefined;
  readonly group: string | undefined;
  /** Of the certificate in question; hex. */
  readonly serial: string | undefined;
  /** Of the certificate in question: lower-case hex SHA-256 of its DER. */
  readonly hash: string | undefined;
  /** Milliseconds since the epoch: end of the certificate, or of the token. */
  readonly notAfter: number | undefined;
  /** Address of who asked, or the object that did: `TokenRequest default/shop`. */
  readonly peer: string | undefined;
  /** Of the certificate that was renewed. */
  readonly renewedFrom?: string | undefined;
  /** Text of what went wrong, as the caller was told. */
  readonly reason?: string | undefined;
}

export const pairingStep = typed<PairingStep>("appconn:connector:step");

/** One answer of the connector's APIs, for its metrics and its log. */
export interface ConnectorAnswer {
  /** Template of the path: `/v1/applications/certificates`. */
  readonly endpoint: string;
  readonly method: string;
  readonly status: number;
  /** Code of the failure table and text, where it is a refusal. */
  readonly failure: string | undefined;
  readonly reason: string | undefined;
  /** What a handler threw that is no refusal. */
  readonly error: unknown;
  readonly peer: string | undefined;
  readonly milliseconds: number;
}

export const connectorAnswered = typed<ConnectorAnswer>("appconn:connector:answered");

/** Something that ends. Times in milliseconds since the epoch. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What ends when, as a whole, published whenever some of it changes. */
export interface CertificateEnds {
  /** The one that signs client certificates. */
  readonly authority: Validity;
  /** The newest certificate of each Application that is neither revoked nor at its end; `*Runtime*` for runtimes. */
  readonly applications: ReadonlyMap<string, Validity>;
}

export const certificateEnds = typed<CertificateEnds>("appconn:connector:certificate-ends");

/** One answer of the Application Registry on a path that it has, for its metrics and its log. */
export interface RegistryAnswer {
  /** Template of the path: `/{application}/v1/metadata/services/{serviceId}`. */
  readonly endpoint: string;
  readonly method: string;
  readonly status: number;
  readonly application: string | undefined;
  /** Code of the failure table and text as the caller was told, where it is a refusal. */
  readonly failure: string | undefined;
  readonly reason: string | undefined;
  /** What an endpoint threw that is no refusal. */
  readonly error: unknown;
  readonly peer: string | undefined;
  readonly milliseconds: number;
}

export const registryAnswered = typed<RegistryAnswer>("appconn:registry:answered");

/** The registry has fetched a specification again by itself. */
export interface SpecificationRefresh {
  readonly outcome: "changed" | "unchanged" | "failed";
  readonly application: string;
  /** Id of the service. */
  readonly service: string;
  /** Why it failed, without passwords. */
  readonly reason?: string;
}

export const specificationRefreshed = typed<SpecificationRefresh>("appconn:registry:specification-refreshed");

/** When the generated certificate of a service ends. */
export interface ServiceCertificate {
  readonly application: string;
  /** Id of the service. */
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

export const serviceCertificates = typed<{
  readonly certificates: readonly ServiceCertificate[];
  /** Whether services that are not among them have none; otherwise nothing is said of them. */
  readonly areAll: boolean;
}>("appconn:registry:service-certificates");

/** One change of a service, done or refused, for log and audit. It carries no credential and no document. */
export interface ServiceChange {
  readonly action: "create" | "update" | "delete" | "refresh" | "rotate";
  /** HTTP status that the caller was told. */
  readonly status: number;
  readonly application: string;
  /** Id of the service; undefined where none came to be. */
  readonly service: string | undefined;
  readonly name: string | undefined;
  /** SHA-256 of what GET says of the service, before and after the change. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Common name of the caller's certificate; undefined where it came past our ingress. */
  readonly client: string | undefined;
  readonly peer: string | undefined;
  readonly reason: string | undefined;
}

export const serviceChanged = typed<ServiceChange>("appconn:registry:service-changed");

/** One search of an administrator. What was searched for is not told: it may be anything. */
export interface DocumentSearch {
  /** `found`: something; `empty`: nothing; `refused`: not a search; `failed`: the index cannot be used. */
  readonly result: "found" | "empty" | "refused" | "failed";
  readonly milliseconds: number;
}

export const documentsSearched = typed<DocumentSearch>("appconn:documents:searched");

/**
 * Something that the people of an object should know of, published each time that it is seen; who writes it down gathers
 * the repetitions. Nothing of it may be secret.
 */
export interface Notice {
  readonly object: NoticedObject;
  readonly type: "Normal" | "Warning";
  readonly reason: NoticeReason;
  /** A sentence. It stays the same as long as the matter does: each other text is another notice. */
  readonly message: string;
  /** The part that saw it: `gateway`. */
  readonly component: string;
}

/** What a notice is about. Without a uid the object is looked up by its name. */
export interface NoticedObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** undefined where the kind lies in no namespace. */
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid?: string | undefined;
}

export const noticed = typed<Notice>("appconn:noticed");

/** What became of a notice that was to be written down as an Event. */
export interface EventWritten {
  /**
   * `written`: a first one, or the count of one. `failed`: the store did not take it. `lost`: there were too many
   * already.
   */
  readonly result: "written" | "failed" | "lost";
}

export const eventWritten = typed<EventWritten>("appconn:events:written");

/** A token of the admin API that does not count, shown by whoever it was. */
export interface RefusedAccessToken {
  readonly reason: "unknown" | "expired" | "revoked";
}

export const accessTokenRefused = typed<RefusedAccessToken>("appconn:admin:token-refused");
