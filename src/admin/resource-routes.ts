import type { FastifyInstance } from "fastify";
import type { Kind } from "../core/resources/kind.ts";
import { resourceName } from "../core/resources/kind.ts";
import { route, type Method, type RouteHandler } from "../http/fastify.ts";
import { AdminFailure, badRequest } from "./admin-failure.ts";
import { rootOf } from "./discovery/root-of.ts";
import { flagParameter } from "./query/parameters.ts";
import { callOf, type CallSource, type Verb } from "./verbs/call.ts";
import { createObject } from "./verbs/create-object.ts";
import { getObject } from "./verbs/get-object.ts";
import { listObjects } from "./verbs/list-objects.ts";
import { patchObject, patchStatus } from "./verbs/patch-object.ts";
import { removeCollection } from "./verbs/remove-collection.ts";
import { removeObject } from "./verbs/remove-object.ts";
import { replaceObject, replaceStatus } from "./verbs/replace-object.ts";
import { canDeleteCollection } from "./verbs/served-verbs.ts";

export interface RouteOptions extends CallSource {
  readonly watch: Verb;
}

/** Every path of one kind (admin-api spec §3), from its declaration alone. */
export function resourceRoutes(app: FastifyInstance, options: RouteOptions): void {
  const { kind } = options;
  const root = rootOf(kind);
  const add = (path: string, verbs: Partial<Record<Method, Verb>>, item: boolean) => {
    const handlers: Partial<Record<Method, RouteHandler>> = {};
    for (const [method, verb] of Object.entries(verbs)) {
      handlers[method as Method] = (request, reply) => verb(callOf(options, request, reply));
    }
    route(app, { path, about: { kind, item } }, handlers);
  };
  const list: Verb = (call) => (isWatch(call) ? options.watch(call) : listObjects(call));
  const collection: Partial<Record<Method, Verb>> = {
    GET: list,
    POST: createObject,
    PUT: nameMissing,
    PATCH: nameMissing,
    ...(canDeleteCollection(kind) ? { DELETE: removeCollection } : {}),
  };
  const place = kind.scope === "Cluster" ? root : `${root}/namespaces/:namespace`;
  add(`${place}/${kind.plural}`, collection, false);
  if (kind.scope === "Namespaced") add(`${root}/${kind.plural}`, { GET: list }, false);
  itemRoutes(`${place}/${kind.plural}/:name`, kind, add);
}

type Add = (path: string, verbs: Partial<Record<Method, Verb>>, item: boolean) => void;

function itemRoutes(path: string, kind: Kind, add: Add): void {
  add(path, { GET: getObject, PUT: replaceObject, PATCH: patchObject, DELETE: removeObject }, true);
  if (kind.statusSubresource) {
    add(`${path}/status`, { GET: getObject, PUT: replaceStatus, PATCH: patchStatus }, true);
  }
  const missing: Verb = (call) => noSubresource(kind, call.request.params as { subresource: string });
  add(
    `${path}/:subresource`,
    { GET: missing, POST: missing, PUT: missing, PATCH: missing, DELETE: missing },
    true,
  );
}

// HEAD of a watch is that of a list: it has no body that could be watched.
function isWatch({ query, request }: { query: URLSearchParams; request: { method: string } }): boolean {
  return request.method === "GET" && flagParameter(query, "watch");
}

function nameMissing(): never {
  throw badRequest("name must be provided");
}

function noSubresource(kind: Kind, { subresource }: { readonly subresource: string }): never {
  // Below a namespace stand the kinds in it: what is missing there is a kind, not a subresource.
  if (kind.plural === "namespaces") throw new AdminFailure("ADMIN_PATH_UNKNOWN", [], {});
  throw new AdminFailure("ADMIN_NO_SUBRESOURCE", [resourceName(kind), subresource]);
}
