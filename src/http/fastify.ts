import { METHODS } from "./node-http.ts";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { ambiguousFraming } from "./ambiguous-framing.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
export type RouteHandler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** Why a request ends before or inside its route. The owner of the API gives it the API's own words. */
export type Refusal =
  | { readonly kind: "not-found" }
  /** `allow` is the value of the `Allow` header, which is set already. */
  | { readonly kind: "method-not-allowed"; readonly allow: string }
  | { readonly kind: "too-large"; readonly limit: number }
  | { readonly kind: "bad-media-type" }
  /** The path or the body cannot be read: broken escapes, a body shorter than promised. */
  | { readonly kind: "unreadable"; readonly reason: string }
  /** A handler threw: a Failure, or a surprise that must be logged and answered without its text. */
  | { readonly kind: "thrown"; readonly error: unknown };

export interface FastifyOptions {
  /** Bytes of a request body. @default 1 MiB */
  readonly bodyLimit?: number;
  /** Whether `/things/` is `/things`. @default false */
  readonly ignoreTrailingSlash?: boolean;
  /** Answers a refusal in the API's own form; it must send. */
  readonly refuse: (refusal: Refusal, request: FastifyRequest, reply: FastifyReply) => void;
}

/**
 * A Fastify application without the defaults that break wire formats: bodies arrive as Buffers whatever
 * their type, values are never coerced, `__proto__` is data, HEAD and 405 are answered on purpose, and
 * `request.query` is a URLSearchParams. After `await app.ready()` its `routing` is a RequestHandler; the
 * socket belongs to a listener.
 */
export function createFastify(options: FastifyOptions): FastifyInstance {
  const bodyLimit = options.bodyLimit ?? 1_048_576;
  const refuse = (refusal: Refusal, request: FastifyRequest, reply: FastifyReply) =>
    options.refuse(refusal, request, reply);
  const app = fastify({
    logger: false,
    bodyLimit,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    onProtoPoisoning: "ignore",
    onConstructorPoisoning: "ignore",
    // Otherwise Fastify loads its own, which take megabytes and are for routes with schemas.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: {
      maxParamLength: 4096,
      querystringParser,
      ignoreTrailingSlash: options.ignoreTrailingSlash ?? false,
    },
    frameworkErrors: (error, request, reply) => refuse(refusalOf(error, bodyLimit), request, reply),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((request, reply) => refuse({ kind: "not-found" }, request, reply));
  app.setErrorHandler((error, request, reply) => refuse(refusalOf(error, bodyLimit), request, reply));
  app.addHook("onRequest", (request, reply, done) => {
    const reason = ambiguousFraming(request.raw.rawHeaders);
    if (reason === undefined) return done();
    void reply.header("connection", "close");
    refuse({ kind: "unreadable", reason }, request, reply);
  });
  for (const method of METHODS) {
    if (!app.supportedMethods.includes(method) && method !== "CONNECT") app.addHttpMethod(method);
  }
  return app;
}

/** Bodies are checked by the kinds of resources, and answers are texts already. */
function noSchemas(): never {
  throw new Error("routes have no schemas");
}

/** A path, and what hooks find of it in `request.routeOptions.config`. */
export interface RoutePath {
  readonly path: string;
  readonly about: object;
}

/** Routes a path: the given methods (HEAD follows GET), and 405 with `Allow` for every other. */
export function route(
  app: FastifyInstance,
  at: string | RoutePath,
  handlers: Partial<Record<Method, RouteHandler>>,
): void {
  const { path, about } = typeof at === "string" ? { path: at, about: {} } : at;
  const byMethod = new Map<string, RouteHandler>(Object.entries(handlers));
  const get = handlers.GET;
  if (get && !handlers.HEAD) byMethod.set("HEAD", get);
  const allow = [...byMethod.keys()].toSorted().join(", ");
  app.route({
    method: [...app.supportedMethods],
    url: path,
    config: about,
    onRequest: (request, reply, done) => {
      if (byMethod.has(request.method)) return done();
      void reply.header("allow", allow);
      done(new MethodNotAllowed(allow));
    },
    handler: (request, reply) => byMethod.get(request.method)?.(request, reply),
  });
}

/** Carries the refusal of a known path's unknown method to the error handler. */
class MethodNotAllowed extends Error {
  readonly allow: string;
  constructor(allow: string) {
    super("method not allowed");
    this.allow = allow;
  }
}

// Types only promise a record here; URLSearchParams keeps repetitions, order and the last `=`.
function querystringParser(query: string): Record<string, unknown> {
  return new URLSearchParams(query) as unknown as Record<string, unknown>;
}

/** The query of a request; for the 404 route Fastify does not use the parser above. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  const { query } = request;
  if (query instanceof URLSearchParams) return query;
  const start = request.url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : request.url.slice(start));
}

function refusalOf(error: unknown, limit: number): Refusal {
  if (error instanceof MethodNotAllowed) return { kind: "method-not-allowed", allow: error.allow };
  switch (codeOf(error)) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return { kind: "too-large", limit };
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_ROUTE_MISSING_CONTENT_TYPE":
      return { kind: "bad-media-type" };
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
    case "ECONNRESET":
      return { kind: "unreadable", reason: "the body ended before its announced length" };
    case "FST_ERR_BAD_URL":
      return { kind: "unreadable", reason: "the path has a broken percent escape" };
    case "FST_ERR_MAX_PARAM_LENGTH":
      return { kind: "not-found" };
    default:
      return { kind: "thrown", error };
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
