import type { NetworkList } from "../http/network-list.ts";
import type { CompiledApi, Refusal } from "../snapshot/compiled.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { authorise, type Caller } from "./authorise.ts";
import { climbsAbove } from "./dot-segments.ts";
import { refusal, type GatewayRefusal } from "./failures.ts";
import { hostedPath, outgoingPath, outgoingQuery } from "./outgoing-path.ts";
import { resolveHost } from "./resolve-host.ts";
import { resolve } from "./resolve.ts";
import { route, splitRequestTarget, withoutSlashes, type Addressing, type RequestTarget } from "./route.ts";

/** What is known of a call before its credentials: plain values, no socket. */
export interface Inquiry {
  readonly addressing: Addressing;
  /** Request target as received. */
  readonly target: string;
  /** Host header as received. */
  readonly host: string | undefined;
  readonly caller: Caller;
}

/** A call that may be made, complete but for its credentials and headers. */
export interface PreparedCall {
  readonly kind: "prepared";
  readonly api: CompiledApi;
  /** Path and query for the target. */
  readonly path: string;
  readonly query: string;
  /** `/{application}/{service}[/{entry}]`; undefined for a host-addressed call, whose answers pass unchanged. */
  readonly gatewayPath: string | undefined;
}

export interface PrepareContext {
  readonly snapshot: Snapshot;
  /** Where the API has no setting of its own. */
  readonly preserveTrailingSlash: boolean;
  /** Whose X-Forwarded-Client-Cert is believed. */
  readonly trustedProxies: Pick<NetworkList, "contains">;
}

/** ①–③ in order: route, resolve, authorise. No I/O, and no parsing but that of the caller's own bytes. */
export function prepare(inquiry: Inquiry, context: PrepareContext): PreparedCall | Refusal {
  const target = splitRequestTarget(inquiry.target);
  if (!target) return refusal("GATEWAY_MALFORMED_REQUEST", "its target is neither a path nor an http URL");
  if (inquiry.addressing === "manual") {
    const hosted = resolveHost(inquiry.host, context.snapshot);
    if (hosted) return hosted.kind === "api" ? prepareHosted(hosted, { inquiry, target, context }) : hosted;
  }
  const routed = route(inquiry.addressing, target);
  if (routed.kind === "refusal") return routed;
  const api = resolve(routed, context.snapshot);
  if (api.kind !== "api") return api;
  const refused = authorise(api, inquiry.caller, context.trustedProxies);
  if (refused) return about(api, refused);
  const { preserveTrailingSlash = context.preserveTrailingSlash } = api.settings;
  const path = outgoingPath(api.target, preserveTrailingSlash ? routed.rest : withoutSlashes(routed.rest));
  if (path === undefined) return about(api, refusal("GATEWAY_BAD_PATH"));
  const entry = inquiry.addressing === "compass" ? `/${routed.entry}` : "";
  return {
    kind: "prepared",
    api,
    path,
    query: outgoingQuery(api.target, routed.query, api.parameters),
    gatewayPath: `/${routed.application}/${routed.service}${entry}`,
  };
}

interface HostedInquiry {
  readonly inquiry: Inquiry;
  readonly target: RequestTarget;
  readonly context: PrepareContext;
}

/** The whole path of a host-addressed call goes to the target, its trailing slash too (gateway spec §16). */
function prepareHosted(
  api: CompiledApi,
  { inquiry, target, context }: HostedInquiry,
): PreparedCall | GatewayRefusal {
  const refused = authorise(api, inquiry.caller, context.trustedProxies);
  if (refused) return about(api, refused);
  const path = climbsAbove(target.path) ? undefined : hostedPath(api.target, target.path);
  if (path === undefined) return about(api, refusal("GATEWAY_BAD_PATH"));
  const query = outgoingQuery(api.target, target.query, api.parameters);
  return { kind: "prepared", api, path, query, gatewayPath: undefined };
}

/** The answer does not tell which API was found; log and metrics do. */
function about({ identity }: CompiledApi, refused: GatewayRefusal): GatewayRefusal {
  return { ...refused, identity };
}

export function isRefusal(value: PreparedCall | Refusal): value is Refusal {
  return "code" in value;
}
