import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../core/clock.ts";
import { ambiguousFraming } from "../http/ambiguous-framing.ts";
import { clientIdentityOf } from "../http/client-identity.ts";
import { plainAddress } from "../http/peer-address.ts";
import { pathPattern } from "../http/path-pattern.ts";
import { pathProblem } from "../http/plain-path.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { requestTarget } from "../http/request-target.ts";
import { sendWhole } from "../http/send-whole.ts";
import { registryAnswered } from "../telemetry/channels.ts";
import { refusalAnswer, type Answer } from "./answer.ts";
import { cleanPath } from "./clean-path.ts";
import { refused, type Refused } from "./refused.ts";

/** One request of a known path and method. */
export interface Call {
  readonly request: IncomingMessage;
  /** What stands in the place of `{name}` of the template, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Address of who asks. */
  readonly peer: string | undefined;
  /** Common name of the certificate that the caller came in with; undefined without our ingress. */
  readonly client: string | undefined;
}

export type Endpoint = (call: Call) => Answer | Promise<Answer>;

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "any";
  /** `/{application}/v1/metadata/services`; a name in braces stands for one segment. */
  readonly template: string;
  readonly endpoint: Endpoint;
}

export interface RouterSurroundings {
  readonly clock: Clock;
  /** What an endpoint threw, as the client is told. */
  readonly surprised: (error: unknown) => Refused;
}

interface Place {
  readonly template: string;
  readonly pattern: RegExp;
  readonly routes: readonly Route[];
}

/** Serves exactly these paths and methods, with the errors of registry spec §2 for all others. */
export function router(routes: readonly Route[], surroundings: RouterSurroundings): RequestHandler {
  const places = placesOf(routes);
  return (request, response) => {
    const { path, query } = requestTarget(request.url ?? "");
    const early = refusedEarly(request, path, query);
    if (early) return send(request, response, early);
    const place = places.find(({ pattern }) => pattern.test(path));
    const parameters = place && parametersOf(place.pattern, path);
    if (!place || !parameters) return send(request, response, refusalAnswer(refused("REGISTRY_NOT_FOUND")));
    const route = place.routes.find(({ method }) => method === request.method || method === "any");
    if (!route) return send(request, response, methodRefusal(place));
    void serve(route, callOf(request, parameters, query), { response, surroundings });
  };
}

function placesOf(routes: readonly Route[]): readonly Place[] {
  const byTemplate = Map.groupBy(routes, ({ template }) => template);
  return [...byTemplate].map(([template, own]) => ({
    template,
    pattern: pathPattern(template),
    routes: own,
  }));
}

function refusedEarly(request: IncomingMessage, path: string, query: string): Answer | undefined {
  const ambiguity = ambiguousFraming(request.rawHeaders);
  if (ambiguity !== undefined) {
    const answer = refusalAnswer(refused("REGISTRY_BAD_REQUEST", ambiguity));
    return { ...answer, headers: { ...answer.headers, Connection: "close" } };
  }
  const problem = pathProblem(path);
  if (problem === undefined) return undefined;
  const clean = cleanPath(path);
  if (path.startsWith("/") && clean !== path && pathProblem(clean) === undefined) {
    return { status: 301, headers: { Location: clean + query }, body: "" };
  }
  return refusalAnswer(refused("REGISTRY_BAD_PATH", problem));
}

/** undefined where a segment is no text in UTF-8: no service has such a name. */
function parametersOf(pattern: RegExp, path: string): Call["parameters"] | undefined {
  try {
    const found = Object.entries(pattern.exec(path)?.groups ?? {});
    return Object.fromEntries(found.map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return undefined;
  }
}

function methodRefusal({ routes }: Place): Answer {
  const answer = refusalAnswer(refused("REGISTRY_METHOD"));
  return { ...answer, headers: { ...answer.headers, Allow: routes.map(({ method }) => method).join(", ") } };
}

function callOf(request: IncomingMessage, parameters: Call["parameters"], query: string): Call {
  return {
    request,
    parameters,
    query: new URLSearchParams(query),
    peer: plainAddress(request.socket.remoteAddress),
    client: clientIdentityOf(request)?.subject.commonName,
  };
}

interface Exchange {
  readonly response: ServerResponse;
  readonly surroundings: RouterSurroundings;
}

async function serve({ method, template, endpoint }: Route, call: Call, exchange: Exchange): Promise<void> {
  const { response, surroundings } = exchange;
  const { clock, surprised } = surroundings;
  const begin = clock.monotonic();
  let answer: Answer;
  let surprise: unknown;
  try {
    answer = await endpoint(call);
  } catch (error) {
    surprise = error;
    answer = refusalAnswer(surprised(error));
  }
  send(call.request, response, answer);
  if (!registryAnswered.hasSubscribers) return;
  registryAnswered.publish({
    endpoint: template,
    method: method === "any" ? (call.request.method ?? "") : method,
    status: answer.status,
    application: call.parameters["application"],
    failure: answer.refused?.code,
    reason: answer.refused?.text,
    error: surprise,
    peer: call.peer,
    milliseconds: clock.monotonic() - begin,
  });
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  // Somebody in front has answered already, such as a limit on bodies; or the client is gone.
  if (response.headersSent || response.destroyed) return;
  sendWhole(request, response, answer);
}
