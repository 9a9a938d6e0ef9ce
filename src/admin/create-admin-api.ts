import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../core/clock.ts";
import type { Kind } from "../core/resources/kind.ts";
import { createFastify, queryOf, route, type Refusal } from "../http/fastify.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import type { Store } from "../stores/store.ts";
import { AdminFailure, badRequest } from "./admin-failure.ts";
import { PLAIN_JSON } from "./answer/accept.ts";
import { sendValue } from "./answer/send.ts";
import { auditWrite } from "./audit-write.ts";
import { withInternalApi } from "./internal-api.ts";
import { unsupportedMediaType } from "./body/read-body.ts";
import { documentRoutes } from "./discovery/document-routes.ts";
import type { AdminToken } from "./identity/admin-token.ts";
import { ADMIN_USER, authenticate } from "./identity/authenticate.ts";
import { InFlightLimit } from "./in-flight-limit.ts";
import { flagParameter } from "./query/parameters.ts";
import { resourceRoutes } from "./resource-routes.ts";
import { isSurprise, statusOf } from "./status/status-of.ts";
import { watchObjects } from "./watch/watch-objects.ts";
import { withDocuments } from "./with-documents.ts";

export interface AdminApiOptions {
  readonly store: Store;
  readonly kinds: readonly Kind[];
  readonly token: Pick<AdminToken, "matches">;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly maxRequests: number;
  readonly maxWatches: number;
  /** What answers below /v1, with the same authentication: the connector's internal API (connector spec §5). */
  readonly internal?: RequestHandler | undefined;
  /** The document store, which asks for the administrator's token where it wants to. */
  readonly documents?: RequestHandler | undefined;
  /** Told of every error that is no refusal, for the log; the caller is told nothing of it. */
  readonly surprised: (error: unknown) => void;
}

export interface AdminApi extends AsyncDisposable {
  readonly handler: RequestHandler;
  /** Requests in flight and watches open now. */
  readonly load: { readonly requests: number; readonly watches: number };
  /** Ends every watch; other requests finish. */
  close(): Promise<void>;
}

/** Larger bodies are refused with 413; a stored object may have half of it. */
const BODY_LIMIT = 3_145_728;

/** The Kubernetes-shaped API over a store (admin-api spec): a RequestHandler that needs no socket of its own. */
export async function createAdminApi(options: AdminApiOptions): Promise<AdminApi> {
  const { surprised } = options;
  const limits = {
    requests: new InFlightLimit(options.maxRequests),
    watches: new InFlightLimit(options.maxWatches),
  };
  const stopping = new AbortController();
  const app = createFastify({
    bodyLimit: BODY_LIMIT,
    ignoreTrailingSlash: true,
    refuse: (refusal, request, reply) => refuse(refusal, { request, reply, surprised }),
  });
  addHooks(app, options, limits);
  healthRoutes(app, options.store);
  documentRoutes(app, options.kinds);
  for (const kind of options.kinds) {
    const collection = options.store.collection(kind, { managedFields: true });
    const watch = { stopping: stopping.signal, random: options.random, surprised };
    resourceRoutes(app, {
      kind,
      collection,
      clock: options.clock,
      watch: (call) => watchObjects(call, watch),
    });
  }
  await app.ready();
  const close = async () => {
    stopping.abort();
    await app.close();
  };
  const resources: RequestHandler = (request, response) => app.routing(request, response);
  const inside = withInternalApi(resources, { ...options, limit: limits.requests });
  return {
    handler: withDocuments(inside, options.documents),
    get load() {
      return { requests: limits.requests.current, watches: limits.watches.current };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const HEALTH_PATHS = new Set(["/healthz", "/livez", "/readyz"]);

interface Limits {
  readonly requests: InFlightLimit;
  readonly watches: InFlightLimit;
}

/** What happens to every request before its route: who asks, and whether there is room. */
function addHooks(app: FastifyInstance, { token }: AdminApiOptions, limits: Limits): void {
  const users = new WeakMap<FastifyRequest, string>();
  app.addHook("onRequest", (request, reply, done) => {
    void reply.header("cache-control", "no-cache, private").header("x-content-type-options", "nosniff");
    if (HEALTH_PATHS.has(request.routeOptions.url ?? "")) return done();
    authenticate(request.headers, token);
    users.set(request, ADMIN_USER);
    const watching = request.method === "GET" && flagParameter(queryOf(request), "watch");
    (watching ? limits.watches : limits.requests).enter(reply.raw);
    done();
  });
  // Not onResponse, which never comes when the caller has hung up: what it began may have been done all the same.
  app.addHook("onSend", (request, reply, _payload, done) => {
    auditWrite(request, reply, users.get(request) ?? "system:anonymous");
    done();
  });
}

/** Without a token, for probes. Ready means that the store can be read. */
function healthRoutes(app: FastifyInstance, store: Store): void {
  route(app, "/healthz", { GET: alive });
  route(app, "/livez", { GET: alive });
  route(app, "/readyz", {
    GET: async (request, reply) => {
      await store.check();
      return alive(request, reply);
    },
  });
}

function alive(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.type("text/plain").send("ok");
}

interface Refused {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly surprised: (error: unknown) => void;
}

/** Every refusal is a Status as JSON, whatever the caller accepts. */
function refuse(refusal: Refusal, { reply, surprised }: Refused): void {
  const error = errorOf(refusal);
  if (isSurprise(error)) surprised(error);
  const status = statusOf(error);
  if (status.code === 401) void reply.header("www-authenticate", 'Bearer realm="appconn"');
  const seconds = status.details?.retryAfterSeconds;
  if (seconds !== undefined) void reply.header("retry-after", String(seconds));
  void reply.code(status.code ?? 500);
  sendValue(reply, PLAIN_JSON, status);
}

function errorOf(refusal: Refusal): unknown {
  switch (refusal.kind) {
    case "not-found":
      return new AdminFailure("ADMIN_PATH_UNKNOWN", [], {});
    case "method-not-allowed":
      return new AdminFailure("ADMIN_METHOD");
    case "too-large":
      return new AdminFailure("ADMIN_TOO_LARGE", [refusal.limit]);
    case "bad-media-type":
      return unsupportedMediaType([
        "application/json",
        "application/yaml",
        "application/vnd.kubernetes.protobuf",
      ]);
    case "unreadable":
      return badRequest(refusal.reason);
    case "thrown":
      return refusal.error;
  }
}
