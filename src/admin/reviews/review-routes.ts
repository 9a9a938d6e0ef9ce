import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import { route } from "../../http/fastify.ts";
import { AdminFailure } from "../admin-failure.ts";
import { negotiate } from "../answer/accept.ts";
import { sendValue } from "../answer/send.ts";
import { readObject } from "../body/read-object.ts";
import { rootOf } from "../discovery/root-of.ts";
import type { Caller } from "../identity/caller.ts";
import { may } from "../identity/may.ts";
import { collectionVerbs } from "../verbs/served-verbs.ts";
import { isReview, reviewKinds } from "./review-kinds.ts";
import { rulesOf, type RulesHome } from "./rules-of.ts";

export interface ReviewOptions extends RulesHome {
  readonly callerOf: (request: FastifyRequest) => Caller;
}

type Review = (caller: Caller, spec: PlainObject, home: RulesHome) => object;

const reviews: Readonly<Record<string, Review>> = {
  SelfSubjectReview: (caller) => ({ userInfo: userOf(caller) }),
  SelfSubjectAccessReview: accessReview,
  SelfSubjectRulesReview: rulesReview,
};

/** Everybody may ask what he may do himself (admin-api spec §15); GET is 405. */
export function reviewRoutes(app: FastifyInstance, options: ReviewOptions): void {
  for (const kind of reviewKinds) {
    route(app, `${rootOf(kind)}/${kind.plural}`, {
      POST: (request, reply) => answer(kind, request, reply, options),
    });
  }
}

function answer(kind: Kind, request: FastifyRequest, reply: FastifyReply, options: ReviewOptions): unknown {
  const representation = negotiate(request.headers.accept);
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const received = { bytes, contentType: request.headers["content-type"] };
  const { value } = readObject(kind, received, undefined);
  const spec = isPlainObject(value["spec"]) ? value["spec"] : {};
  const status = reviews[kind.kind]?.(options.callerOf(request), spec, options);
  void reply.code(201);
  const metadata = { creationTimestamp: null };
  const asked = value["spec"] === undefined ? {} : { spec };
  return sendValue(reply, representation, {
    ...{ kind: kind.kind, apiVersion: apiVersionOf(kind), metadata, ...asked },
    status,
  });
}

function userOf({ name, role, applications }: Caller): object {
  const groups = ["system:authenticated", `appconn:${role}`];
  const limit = applications && { extra: { "appconn.dev/applications": [...applications] } };
  return { username: name, uid: name, groups, ...limit };
}

function accessReview(caller: Caller, spec: PlainObject, home: RulesHome): object {
  const { resourceAttributes: about, nonResourceAttributes: path } = spec;
  if (isPlainObject(about) === isPlainObject(path)) throw neither();
  const allowed = isPlainObject(about)
    ? mayResource(caller, about, home)
    : isPlainObject(path) && mayPath(caller, path);
  if (allowed) return { allowed };
  return { allowed, reason: `User "${caller.name}" has the role ${caller.role}${limitOf(caller)}` };
}

function limitOf({ applications }: Caller): string {
  return applications ? ` for ${[...applications].join(", ")}` : "";
}

function mayResource(caller: Caller, about: PlainObject, home: RulesHome): boolean {
  // Whoever may do everything may do it to what there is not yet.
  if (caller.role === "admin") return true;
  const [verb, group, resource] = [textAt(about, "verb"), textAt(about, "group"), textAt(about, "resource")];
  const kind = [...home.kinds, ...reviewKinds].find((one) => one.group === group && one.plural === resource);
  if (!kind || !collectionVerbs(kind).includes(verb)) return false;
  if (isReview(kind)) return true;
  const namespace = textAt(about, "namespace") || undefined;
  const name = textAt(about, "name") || undefined;
  return may(caller, { verb, group, resource, namespace, name }, home.credentialsNamespace);
}

/** Paths that are about no resource: everybody may read what there is. */
function mayPath({ role }: Caller, about: PlainObject): boolean {
  const path = textAt(about, "path");
  const open = /^\/(?:version|healthz|livez|readyz|api|apis|openapi)(?:\/|$)/.test(path);
  return role === "admin" || (textAt(about, "verb") === "get" && open);
}

function rulesReview(caller: Caller, spec: PlainObject, home: RulesHome): object {
  const paths = [
    "/version",
    "/healthz",
    "/livez",
    "/readyz",
    "/api",
    "/api/*",
    "/apis",
    "/apis/*",
    "/openapi/*",
  ];
  const nonResourceURLs = caller.role === "admin" ? ["*"] : paths;
  const verbs = caller.role === "admin" ? ["*"] : ["get"];
  return {
    resourceRules: rulesOf(caller, textAt(spec, "namespace") || undefined, home),
    nonResourceRules: [{ verbs, nonResourceURLs }],
    incomplete: false,
  };
}

function textAt(value: PlainObject, key: string): string {
  const text = value[key];
  return typeof text === "string" ? text : "";
}

function neither(): AdminFailure {
  const message = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
  const field = "spec.resourceAttributes";
  const cause = { reason: "FieldValueInvalid", message: `Invalid value: ${message}`, field };
  const [subject, kind] = ["SelfSubjectAccessReview.authorization.k8s.io", "SelfSubjectAccessReview"];
  const details = { group: "authorization.k8s.io", kind, causes: [cause] };
  return new AdminFailure("ADMIN_INVALID", [subject, "", `${field}: ${cause.message}`], details);
}
