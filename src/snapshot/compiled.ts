import type { CredentialProvider, CsrfProvider, RequestParameters } from "../credentials/provider.ts";
import type { ApiSettings } from "../core/resources/api-settings/api-settings.ts";
import type { TargetUrl } from "../core/target-url.ts";
import type { TlsIdentity } from "../outbound/tls-identity.ts";
import type { GatewayErrorCategory } from "../telemetry/channels.ts";
import type { AllowedCallers } from "./allowed-callers.ts";
import type { CallLimits } from "./call-limits.ts";

/**
 * One API entry, compiled when its Application or one of its Secrets changed. A call looks it up and finds
 * everything parsed, encoded and checked.
 */
export interface CompiledApi {
  readonly kind: "api";
  readonly identity: ApiIdentity;
  readonly target: CompiledTarget;
  readonly provider: CredentialProvider;
  readonly csrf: CsrfProvider | undefined;
  readonly parameters: RequestParameters;
  /** Presented to the target, without a client certificate; says whether it is verified. */
  readonly tls: TlsIdentity;
  /** What annotations set for it, parsed. */
  readonly settings: ApiSettings;
  /** undefined where everybody may call. */
  readonly callers: AllowedCallers | undefined;
  /** undefined where nothing is limited. */
  readonly limits: CallLimits | undefined;
}

/** Names for logs, metrics and messages. One object per entry, so that subscribers may key caches by it. */
export interface ApiIdentity {
  readonly application: string;
  /** Path segment of the service: its display name, normalised. */
  readonly service: string;
  /** Path segment of the entry: its name, normalised; empty when it has none. */
  readonly entry: string;
}

export interface CompiledTarget {
  readonly url: TargetUrl;
  /** false: paths are passed byte for byte (gateway spec §7). */
  readonly encodeUrl: boolean;
  /** Base path for `encodeUrl: true`, decoded and encoded again. */
  readonly encodedPath: string;
  /** Base path with only illegal bytes escaped. */
  readonly rawPath: string;
  /** Names of the parameters in the target's own query, decoded. */
  readonly queryNames: ReadonlySet<string>;
  /** The target is an address that the egress policy refuses. */
  readonly refused: boolean;
}

/** An entry that cannot be called, and what a caller is told. */
export interface BrokenApi extends Refusal {
  readonly kind: "broken";
  readonly identity: ApiIdentity;
}

/** What the gateway answers instead of calling a target. The message holds no secret. */
export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly category: GatewayErrorCategory;
  /** The API that was found, where one was. */
  readonly identity?: ApiIdentity;
  /** Whole seconds after which the call may be made again, more than 0. */
  readonly retryAfter?: number;
}

/** Two or more entries answer to the same names; the message lists them (gateway spec §15). */
export interface AmbiguousApi {
  readonly kind: "ambiguous";
  readonly hits: string;
}

export type Resolution = CompiledApi | BrokenApi | AmbiguousApi;

export interface CompiledApplication {
  readonly name: string;
  /** By service segment (8080). */
  readonly byService: ReadonlyMap<string, Resolution>;
  /** By `service/entry` (8082); no segment holds a slash. */
  readonly byEntry: ReadonlyMap<string, Resolution>;
  /** By Access Service name `{cut(application)}-{service id}`, lower case (host-addressed mode). */
  readonly byHost: ReadonlyMap<string, HostTarget>;
  /** All that can be called, by whatever name: what their credentials are held for. */
  readonly apis: readonly CompiledApi[];
  /** Names of the Secrets that the entries refer to. */
  readonly secretNames: ReadonlySet<string>;
}

/** What stands behind an Access Service name: the last API entry of the service, or none. */
export type HostTarget = CompiledApi | BrokenApi | { readonly kind: "no-api"; readonly serviceId: string };
