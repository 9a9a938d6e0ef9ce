import type { FastifyRequest } from "fastify";
import type { Kind } from "../../core/resources/kind.ts";
import { queryOf } from "../../http/fastify.ts";
import { flagParameter } from "../query/parameters.ts";
import type { Wanted } from "./may.ts";
import { writeVerb } from "../verbs/write-verb.ts";

/** What a route knows of the requests that it takes: for deciding who may ask, and for the audit record. */
export interface RouteAbout {
  readonly kind: Pick<Kind, "group" | "plural">;
  readonly item: boolean;
}

/** What a request wants; undefined where its path is about no resource, or its method is none of a resource's. */
export function wantedBy(request: FastifyRequest): Wanted | undefined {
  const { kind, item } = request.routeOptions.config as Partial<RouteAbout>;
  const verb = kind && verbOf(request, item === true);
  if (!verb) return undefined;
  const { namespace, name } = request.params as { readonly namespace?: string; readonly name?: string };
  return { verb, group: kind.group, resource: kind.plural, namespace, name };
}

function verbOf(request: FastifyRequest, item: boolean): string | undefined {
  switch (request.method) {
    case "GET":
      if (item) return "get";
      return flagParameter(queryOf(request), "watch") ? "watch" : "list";
    case "HEAD":
      return item ? "get" : "list";
    default:
      return writeVerb(request.method, item);
  }
}
