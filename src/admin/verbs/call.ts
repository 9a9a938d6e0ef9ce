import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../core/clock.ts";
import type { Kind } from "../../core/resources/kind.ts";
import type { Ref, Resource } from "../../core/resources/resource.ts";
import { queryOf } from "../../http/fastify.ts";
import type { Collection } from "../../stores/store.ts";
import { negotiate, notAcceptable } from "../answer/accept.ts";
import type { View } from "../answer/represent.ts";
import { includeObjectParameter } from "../answer/table.ts";
import { warningHeaders } from "../answer/warning-header.ts";
import type { ReceivedBody } from "../body/read-object.ts";
import { writerName } from "../query/writer-name.ts";

/** One request to a kind of resource. */
export interface Call {
  readonly kind: Kind;
  readonly collection: Collection<Resource>;
  readonly clock: Clock;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly query: URLSearchParams;
  /** Of the path; undefined for cluster-scoped kinds and for lists over all namespaces. */
  readonly namespace: string | undefined;
  /** Of the path; empty on a collection. */
  readonly name: string;
}

export type Verb = (call: Call) => unknown;

interface PathParameters {
  readonly namespace?: string;
  readonly name?: string;
}

export type CallSource = Pick<Call, "kind" | "collection" | "clock">;

export function callOf(source: CallSource, request: FastifyRequest, reply: FastifyReply): Call {
  const { namespace, name = "" } = request.params as PathParameters;
  return { ...source, request, reply, query: queryOf(request), namespace, name };
}

export function refOf({ name, namespace }: Call): Ref {
  return namespace === undefined ? { name } : { name, namespace };
}

export function writerOf({ query, request }: Call): string {
  return writerName(query, request.headers);
}

export function bodyOf({ request }: Call): ReceivedBody {
  const { body } = request;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  return { bytes, contentType: request.headers["content-type"] };
}

/** How one object is answered. Asked before anything is written, so that a 406 never follows a change. */
export function objectView(call: Call): View {
  const view = viewOf(call);
  if (view.representation.as === "partial-list") throw notAcceptable();
  return view;
}

export function listView(call: Call): View {
  const view = viewOf(call);
  if (view.representation.as === "partial") throw notAcceptable();
  return view;
}

function viewOf({ kind, clock, query, request }: Call): View {
  const representation = negotiate(request.headers.accept);
  return { kind, representation, include: includeObjectParameter(query), now: clock.now() };
}

export function warn({ reply }: Call, warnings: readonly string[]): void {
  if (warnings.length > 0) void reply.header("warning", warningHeaders(warnings));
}
