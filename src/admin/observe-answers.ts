import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyRequest } from "fastify";
import { resourceName } from "../core/resources/kind.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { adminAnswered, adminInFlight } from "../telemetry/channels.ts";
import { wantedBy } from "./identity/route-about.ts";

/** What is asked, in words of which there are few: they become labels of metrics. */
interface Asked {
  verb: string;
  resource: string;
}

const VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  HEAD: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** What a path that is about no kind of resource belongs to. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^\/(?:apis?|openapi|version)(?:[/?]|$)/, "discovery"],
  [/^\/(?:health|live|ready)z(?:[/?]|$)/, "health"],
  [/^\/v1\/live(?:[/?]|$)/, "live"],
  [/^\/v1\/(?:upload|convert|validate|extract)(?:[/?]|$)/, "documents"],
  [/^\/(?:documents|public|private)(?:[/?]|$)/, "documents"],
  [/^\/v1(?:[/?]|$)/, "internal"],
];

const observed = new WeakMap<ServerResponse, Asked>();

/** Publishes each request as it comes and as it ends, whoever answers it. */
export function observeAnswers(handler: RequestHandler): RequestHandler {
  return (request, response) => {
    if (adminAnswered.hasSubscribers) observe(request, response);
    handler(request, response);
  };
}

/** The router has found what a request is about. */
export function noteAsked(request: FastifyRequest, response: ServerResponse): void {
  const asked = observed.get(response);
  const wanted = asked && wantedBy(request);
  if (!wanted) return;
  const { verb, group, resource: plural } = wanted;
  asked.verb = verb;
  asked.resource = resourceName({ group, plural });
  if (verb !== "watch") return;
  adminInFlight.publish({ watches: undefined, delta: -1 });
  adminInFlight.publish({ watches: asked.resource, delta: 1 });
}

function observe(request: IncomingMessage, response: ServerResponse): void {
  const begun = performance.now();
  const { method = "", url = "" } = request;
  const resource = PLACES.find(([pattern]) => pattern.test(url))?.[1] ?? "other";
  const verb = resource === "live" ? "watch" : (VERBS[method] ?? "other");
  const asked: Asked = { verb, resource };
  const started = verb === "watch" ? resource : undefined;
  observed.set(response, asked);
  adminInFlight.publish({ watches: started, delta: 1 });
  response.once("close", () => {
    const watches = asked.verb === "watch" ? asked.resource : undefined;
    adminInFlight.publish({ watches, delta: -1 });
    const code = response.headersSent ? response.statusCode : 0;
    adminAnswered.publish({ ...asked, code, milliseconds: performance.now() - begun });
  });
}
