import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../core/clock.ts";
import type { Kind } from "../core/resources/kind.ts";
import { createFastify, route, type Refusal } from "../http/fastify.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import type { Live } from "../telemetry/live/live.ts";
import type { Store } from "../stores/store.ts";
import { AdminFailure, badRequest } from "./admin-failure.ts";
import { PLAIN_JSON } from "./answer/accept.ts";
import { sendValue } from "./answer/send.ts";
import { auditWrite } from "./audit-write.ts";
import { withInternalApi } from "./internal-api.ts";
import { unsupportedMediaType } from "./body/read-body.ts";
import { documentRoutes } from "./discovery/document-routes.ts";
import { accessRoutes } from "./access/access-routes.ts";
import { authenticate, type Identities } from "./identity/authenticate.ts";
import type { Caller } from "./identity/caller.ts";
import { cutWith } from "./identity/cut-with.ts";
import { notAllowed } from "./identity/forbidden.ts";
import { may } from "./identity/may.ts";
import { wantedBy } from "./identity/route-about.ts";
import { createLiveApi } from "./live/live-api.ts";
import { InFlightLimit } from "./in-flight-limit.ts";
import { collectionFor } from "./limited/collection-for.ts";
import { Turns } from "./limited/turns.ts";
import { reviewKinds } from "./reviews/review-kinds.ts";
import { reviewRoutes } from "./reviews/review-routes.ts";
import { resourceRoutes } from "./resource-routes.ts";
import { isSurprise, statusOf } from "./status/status-of.ts";
import { noteAsked, observeAnswers } from "./observe-answers.ts";
import { EncodedChanges } from "./watch/encoded-changes.ts";
import { watchObjects } from "./watch/watch-objects.ts";
import { withDocuments } from "./with-documents.ts";

export interface AdminApiOptions {
  readonly store: Store;
  readonly kinds: readonly Kind[];
  readonly identities: Identities;
  /** Where the Secrets are that Applications name. */
  readonly credentialsNamespace: string;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly maxRequests: number;
  readonly maxWatches: number;
  /** What answers below /v1, with the same authentication: the connector's internal API (connector spec §5). */
  readonly internal?: RequestHandler | undefined;
  /** What happens now in this process, for streams below /v1/live; undefined: there are none. */
  readonly live?: Live | undefined;
  /** The document store, which asks who may use it where it wants to. */
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
    requests: new InFlightLimit(options.maxRequests, "requests"),
    watches: new InFlightLimit(options.maxWatches, "watches"),
  };
  const stopping = new AbortController();
  const app = createFastify({
    bodyLimit: BODY_LIMIT,
    ignoreTrailingSlash: true,
    refuse: (refusal, request, reply) => refuse(refusal, { request, reply, surprised }),
  });
  const callers = new Callers();
  addHooks(app, options, { limits, callers });
  healthRoutes(app, options.store);
  documentRoutes(app, options.kinds, reviewKinds);
  const { clock, kinds, credentialsNamespace, identities } = options;
  accessRoutes(app, { access: identities.access, clock, callerOf: callers.of });
  reviewRoutes(app, { kinds, credentialsNamespace, callerOf: callers.of });
  const watch = { random: options.random, surprised, encoded: new EncodedChanges() };
  const home = { store: options.store, credentialsNamespace, turns: new Turns() };
  for (const kind of kinds) {
    resourceRoutes(app, {
      kind,
      collection: (request) => collectionFor(home, kind, callers.of(request)),
      clock,
      watch: (call) => {
        const { ended } = callers.of(call.request);
        return watchObjects(call, { ...watch, stopping: AbortSignal.any([stopping.signal, ended]) });
      },
    });
  }
  await app.ready();
  const close = async () => {
    stopping.abort();
    await app.close();
  };
  const resources: RequestHandler = (request, response) => app.routing(request, response);
  const live =
    options.live && createLiveApi({ live: options.live, clock, stopping: stopping.signal, surprised });
  const inside = withInternalApi(resources, { ...options, live, limit: limits.requests });
  return {
    handler: observeAnswers(withDocuments(inside, options)),
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

/** Who sent each request, once that is known. */
class Callers {
  readonly #callers = new WeakMap<FastifyRequest, Caller>();

  set(request: FastifyRequest, caller: Caller): void {
    this.#callers.set(request, caller);
  }

  find(request: FastifyRequest): Caller | undefined {
    return this.#callers.get(request);
  }

  readonly of = (request: FastifyRequest): Caller => {
    const caller = this.#callers.get(request);
    if (!caller) throw new Error("a request came to its route without authentication");
    return caller;
  };
}

interface Hooks {
  readonly limits: Limits;
  readonly callers: Callers;
}

/** What happens to every request before its route: who asks, whether he may, and whether there is room. */
function addHooks(app: FastifyInstance, options: AdminApiOptions, { limits, callers }: Hooks): void {
  const { identities, clock, credentialsNamespace } = options;
  app.addHook("onRequest", (request, reply, done) => {
    noteAsked(request, reply.raw);
    void reply.header("cache-control", "no-cache, private").header("x-content-type-options", "nosniff");
    if (HEALTH_PATHS.has(request.routeOptions.url ?? "")) return done();
    const caller = authenticate(request.headers, identities);
    callers.set(request, caller);
    const wanted = wantedBy(request);
    if (wanted && !may(caller, wanted, credentialsNamespace)) throw notAllowed(caller, wanted);
    const watching = wanted?.verb === "watch";
    (watching ? limits.watches : limits.requests).enter(reply.raw);
    // A watch ends by itself, as if its time were over.
    if (!watching) cutWith(caller, reply.raw, clock);
    done();
  });
  // Whoever was let in with the head of a request may send its body an hour later.
  app.addHook("preHandler", (request, _reply, done) => {
    if (callers.find(request)?.ended.aborted) throw new AdminFailure("ADMIN_UNAUTHORIZED");
    done();
  });
  // Not onResponse, which never comes when the caller has hung up: what it began may have been done all the same.
  app.addHook("onSend", (request, reply, _payload, done) => {
    auditWrite(request, reply, callers.find(request)?.name ?? "system:anonymous");
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
