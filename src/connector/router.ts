import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../core/clock.ts";
import { Failure } from "../core/failures.ts";
import { ambiguousFraming } from "../http/ambiguous-framing.ts";
import { pathPattern } from "../http/path-pattern.ts";
import { pathProblem } from "../http/plain-path.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { requestTarget } from "../http/request-target.ts";
import { connectorAnswered } from "../telemetry/channels.ts";
import { refusal, refusalWith, type Answer } from "./answer.ts";
import { connectorFailures, type ConnectorFailureCode } from "./failures.ts";
import { sendAnswer } from "./send-answer.ts";

/** One request of a known path and method. */
export interface Call {
  readonly request: IncomingMessage;
  /** What stands in the place of `{name}` of the template. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Address of who asks. */
  readonly peer: string | undefined;
}

export type Endpoint = (call: Call) => Answer | Promise<Answer>;

export interface Route {
  readonly method: "GET" | "POST";
  /** `/v1/applications/{name}/certificates`; a name in braces stands for one segment. */
  readonly template: string;
  readonly endpoint: Endpoint;
}

export interface RouterSurroundings {
  readonly clock: Clock;
  readonly peerOf: (request: IncomingMessage) => string | undefined;
}

/** Serves exactly these paths and methods, with the errors of connector spec §2 for all others. */
export function router(routes: readonly Route[], surroundings: RouterSurroundings): RequestHandler {
  const templates = routes.map((route) => ({ route, pattern: pathPattern(route.template) }));
  return (request, response) => {
    const { path, query } = requestTarget(request.url ?? "");
    const ambiguity = ambiguousFraming(request.rawHeaders);
    if (ambiguity !== undefined) {
      response.setHeader("Connection", "close");
      return sendAnswer(request, response, refusal("CONNECTOR_BAD_REQUEST", ambiguity));
    }
    const problem = pathProblem(path);
    if (problem !== undefined) return sendAnswer(request, response, refusal("CONNECTOR_BAD_PATH", problem));
    const known = templates.filter(({ pattern }) => pattern.test(path));
    if (known.length === 0) return sendAnswer(request, response, refusal("CONNECTOR_NOT_FOUND"));
    const found = known.find(({ route }) => route.method === request.method);
    if (!found) {
      response.setHeader("Allow", Array.from(new Set(known.map(({ route }) => route.method))).join(", "));
      return sendAnswer(request, response, refusal("CONNECTOR_METHOD"));
    }
    const parameters = { ...found.pattern.exec(path)?.groups };
    const call = {
      request,
      parameters,
      query: new URLSearchParams(query),
      peer: surroundings.peerOf(request),
    };
    void serve(found.route, call, { response, clock: surroundings.clock });
  };
}

interface Exchange {
  readonly response: ServerResponse;
  readonly clock: Clock;
}

async function serve({ method, template, endpoint }: Route, call: Call, exchange: Exchange): Promise<void> {
  const { response, clock } = exchange;
  const begin = clock.monotonic();
  let answer: Answer;
  let surprise: unknown;
  try {
    answer = await endpoint(call);
  } catch (error) {
    answer = answerOf(error);
    // A refusal that was thrown says in its text what there is to say.
    surprise = answer.failure?.code === "CONNECTOR_UNEXPECTED" ? error : undefined;
  }
  sendAnswer(call.request, response, answer);
  if (!connectorAnswered.hasSubscribers) return;
  connectorAnswered.publish({
    endpoint: template,
    method,
    status: answer.status,
    failure: answer.failure?.code,
    reason: answer.failure?.text,
    error: surprise,
    peer: call.peer,
    milliseconds: clock.monotonic() - begin,
  });
}

/** Texts of other parts' failures are for the log: they are told only where an endpoint decides so. */
function answerOf(error: unknown): Answer {
  const isOurs = error instanceof Failure && Object.hasOwn(connectorFailures, error.code);
  if (!isOurs) return refusal("CONNECTOR_UNEXPECTED");
  return refusalWith(error.code as ConnectorFailureCode, error.message);
}
