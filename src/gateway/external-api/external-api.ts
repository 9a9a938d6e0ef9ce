import { reasonOf } from "../../core/failures.ts";
import type { RequestHandler } from "../../http/request-handler.ts";
import { LOG_LEVELS, type LogLevelSwitch } from "../../telemetry/log-level.ts";
import type { Log } from "../../telemetry/log.ts";
import type { Metrics } from "../../telemetry/metrics.ts";
import { redactText } from "../../telemetry/redact.ts";
import {
  answerEmpty,
  answerError,
  answerJson,
  answerPieces,
  bodyText,
  type Request,
  type Response,
} from "./answer.ts";
import { getServices } from "./get-services.ts";
import type { ExternalApiOptions } from "./options.ts";
import { requestedLevel } from "./requested-level.ts";

const LONGEST_BODY = 65_536;

/** How long the check of readiness may take. Milliseconds. */
const READY_PATIENCE = 2000;

export interface ExternalApiContext {
  readonly options: ExternalApiOptions;
  readonly log: Log;
  readonly level: LogLevelSwitch;
  /** undefined: GET /metrics answers 404. */
  readonly metrics: Pick<Metrics, "contentType" | "text"> | undefined;
  /** Why calls cannot be served now; undefined when they can. A rejection counts as not ready. */
  readonly ready: (options: { readonly signal: AbortSignal }) => Promise<string | undefined>;
  /** Where a gateway runs in this process. */
  readonly services?: ListServices;
}

/** What is known of an Application's services, as JSON; `unread` before the configuration has been read. */
export type ListServices = (application: string) => Iterable<string> | undefined | "unread";

type Route = (request: Request, response: Response) => void | Promise<void>;

/** What a process answers about itself on 8081, without authentication (gateway spec §3). */
export function externalApi(context: ExternalApiContext): RequestHandler {
  const routes = routesOf(context);
  return (request, response) => {
    const path = pathOf(request);
    const methods = routes.get(path) ?? servicesRoute(context, path);
    if (!methods) return answerError(response, 404, "Requested resource could not be found.");
    const route = methods.get(request.method ?? "");
    if (!route) {
      response.setHeader("Allow", [...methods.keys()].join(", "));
      return answerError(response, 405, "Method not allowed.");
    }
    void run(route, request, response, context.log);
  };
}

function routesOf(context: ExternalApiContext): ReadonlyMap<string, ReadonlyMap<string, Route>> {
  const { level, metrics } = context;
  const logLevel = new Map<string, Route>([
    ["GET", (_, response) => answerJson(response, 200, { level: level.get() })],
    ["PUT", (request, response) => putLogLevel(context, request, response)],
  ]);
  const routes = new Map<string, ReadonlyMap<string, Route>>([
    ["/v1/health", new Map([["GET", (_, response) => answerEmpty(response)]])],
    ["/v1/loglevel", logLevel],
    ["/v1/ready", new Map([["GET", (_, response) => getReady(context, response)]])],
  ]);
  if (metrics) {
    const get: Route = (_, response) => answerPieces(response, metrics.contentType, metrics.text());
    routes.set("/metrics", new Map([["GET", get]]));
  }
  return routes;
}

const SERVICES = /^\/v1\/applications\/([^/]+)\/services$/;

function servicesRoute(
  { services }: ExternalApiContext,
  path: string,
): ReadonlyMap<string, Route> | undefined {
  const [, application] = SERVICES.exec(path) ?? [];
  if (!services || application === undefined) return undefined;
  return new Map([["GET", (_, response) => getServices(services(application), application, response)]]);
}

async function run(route: Route, request: Request, response: Response, log: Log): Promise<void> {
  try {
    await route(request, response);
  } catch (error) {
    // Most likely the caller has gone; if it has not, a cut connection tells that the answer is not whole.
    if (!request.destroyed && !response.destroyed) log.error("a request to 8081 failed", { error });
    response.destroy();
  }
}

async function putLogLevel(
  { level, log, options }: ExternalApiContext,
  request: Request,
  response: Response,
): Promise<void> {
  const peer = request.socket.remoteAddress;
  if (!options.logLevelFromAnywhere && !isLoopback(peer)) {
    return answerError(response, 403, "The log level may be changed from the same machine only.");
  }
  const body = await bodyText(request, LONGEST_BODY);
  if (body === undefined) {
    response.setHeader("Connection", "close");
    return answerJson(response, 400, { error: "malformed request body: it is too large" });
  }
  const contentType = request.headers["content-type"];
  const wanted = requestedLevel({ contentType, query: queryOf(request), body });
  if (typeof wanted !== "string") return answerJson(response, 400, wanted);
  const before = level.get();
  const tell = () => log.info("log level changed", { from: before, to: wanted, peer });
  // Under the more talkative of the two levels, or nobody would see it.
  const quieter = LOG_LEVELS.indexOf(wanted) > LOG_LEVELS.indexOf(before);
  if (quieter) tell();
  level.set(wanted);
  if (!quieter) tell();
  answerJson(response, 200, { level: level.get() });
}

async function getReady({ ready }: ExternalApiContext, response: Response): Promise<void> {
  const reason = await notReady(ready);
  if (reason === undefined) answerJson(response, 200, { status: "ready" });
  else answerError(response, 503, `not ready: ${reason}`);
}

async function notReady(ready: ExternalApiContext["ready"]): Promise<string | undefined> {
  const signal = AbortSignal.timeout(READY_PATIENCE);
  const { promise: late, resolve } = Promise.withResolvers<string>();
  signal.addEventListener("abort", () => resolve(`no answer within ${READY_PATIENCE} ms`));
  try {
    return await Promise.race([ready({ signal }), late]);
  } catch (error) {
    return redactText(reasonOf(error));
  }
}

/** 127.0.0.0/8 and ::1, also as Node shows IPv4 on a socket that speaks both. */
function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/** The path as it was sent; RFC 9112 §3.2.2 lets a caller send the whole address. */
function pathOf(request: Request): string {
  return targetOf(request).split("?", 1)[0] ?? "";
}

function queryOf(request: Request): string {
  const target = targetOf(request);
  const query = target.indexOf("?");
  return query < 0 ? "" : target.slice(query + 1);
}

function targetOf(request: Request): string {
  return (request.url ?? "").replace(/^https?:\/\/[^/?]*/i, "");
}
