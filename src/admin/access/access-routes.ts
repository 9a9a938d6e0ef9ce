import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../core/clock.ts";
import { route } from "../../http/fastify.ts";
import type { AccessRecord } from "../../stores/access-records.ts";
import { isStoreFailure } from "../../stores/store-failure.ts";
import { AdminFailure } from "../admin-failure.ts";
import { PLAIN_JSON } from "../answer/accept.ts";
import { sendValue } from "../answer/send.ts";
import { noteForAudit } from "../audit-note.ts";
import { decodeJson } from "../body/decode-json.ts";
import { decoded } from "../body/read-body.ts";
import type { AccessTokens } from "../identity/access-tokens.ts";
import type { Caller } from "../identity/caller.ts";
import { accessTokensResource } from "../identity/may.ts";
import { readAccessRequest } from "./access-request.ts";

export interface AccessRouteOptions {
  readonly access: AccessTokens;
  readonly clock: Pick<Clock, "now">;
  readonly callerOf: (request: FastifyRequest) => Caller;
}

const PATH = "/v1/access/tokens";

/**
 * The access tokens: for administrators, which is decided before (may). They are no kind of resource, so that no
 * client of Kubernetes lists or copies them.
 */
export function accessRoutes(app: FastifyInstance, options: AccessRouteOptions): void {
  const kind = accessTokensResource;
  route(
    app,
    { path: PATH, about: { kind, item: false } },
    {
      GET: (_request, reply) => send(reply, { items: options.access.records.map(shown) }),
      POST: (request, reply) => create(request, reply, options),
    },
  );
  route(
    app,
    { path: `${PATH}/:name`, about: { kind, item: true } },
    {
      DELETE: (request, reply) => revoke(request, reply, options),
    },
  );
}

async function create(
  request: FastifyRequest,
  reply: FastifyReply,
  { access, clock, callerOf }: AccessRouteOptions,
): Promise<FastifyReply> {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const { value, duplicates } = decoded(
    decodeJson,
    bytes,
    (reason) => new AdminFailure("ADMIN_UNRECOGNIZED", ["AccessToken", reason]),
  );
  const now = clock.now();
  const wanted = readAccessRequest(value, duplicates, now);
  const { name, role, applications } = wanted;
  noteForAudit(request, { name, role, applications });
  try {
    const { token, record } = await access.create({ ...wanted, createdBy: callerOf(request).name }, now);
    void reply.code(201).header("cache-control", "no-store");
    return send(reply, { ...shown(record), token });
  } catch (error) {
    if (isStoreFailure(error, "STORE_CONFLICT")) throw new AdminFailure("ADMIN_ACCESS_EXISTS", [wanted.name]);
    throw error;
  }
}

async function revoke(
  request: FastifyRequest,
  reply: FastifyReply,
  { access }: AccessRouteOptions,
): Promise<FastifyReply> {
  const { name } = request.params as { readonly name: string };
  if (!(await access.revoke(name))) throw new AdminFailure("ADMIN_ACCESS_UNKNOWN", [name]);
  return send(reply, { name, revoked: true });
}

function send(reply: FastifyReply, value: object): FastifyReply {
  return sendValue(reply, PLAIN_JSON, value);
}

/** Without the hash, which would be enough to try guesses against. */
function shown({ name, prefix, role, applications, createdBy, ...times }: AccessRecord): object {
  const { createdAt, expiresAt, lastUsedAt } = times;
  return {
    ...{ name, prefix, role, ...(applications && { applications }), createdBy, createdAt: moment(createdAt) },
    ...(expiresAt === undefined ? {} : { expiresAt: moment(expiresAt) }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: moment(lastUsedAt) }),
  };
}

function moment(time: number): string {
  return new Date(time).toISOString();
}
