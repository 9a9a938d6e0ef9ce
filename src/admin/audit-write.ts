import type { FastifyReply, FastifyRequest } from "fastify";
import { resourceName } from "../core/resources/kind.ts";
import { adminWritten } from "../telemetry/channels.ts";
import { auditNoteOf } from "./audit-note.ts";
import type { RouteAbout } from "./identity/route-about.ts";
import { writeVerb } from "./verbs/write-verb.ts";

/** Publishes a write with its outcome, also when it was refused. */
export function auditWrite(request: FastifyRequest, reply: FastifyReply, user: string): void {
  if (!adminWritten.hasSubscribers) return;
  const about = request.routeOptions.config as Partial<RouteAbout>;
  const verb = about.kind && writeVerb(request.method, about.item === true);
  if (!about.kind || !verb) return;
  const { namespace, name } = request.params as { namespace?: string; name?: string };
  const note = auditNoteOf(request);
  adminWritten.publish({
    user,
    verb,
    resource: resourceName(about.kind),
    namespace,
    name: name ?? note.name,
    code: reply.statusCode,
    dryRun: note.dryRun === true,
    peer: request.raw.socket.remoteAddress,
    command: shortHeader(request, "kubectl-command"),
    session: shortHeader(request, "kubectl-session"),
    role: note.role,
    applications: note.applications,
  });
}

/** kubectl sends `kubectl create secret` and a UUID; nobody fills the record with more. Characters. */
const LONGEST_HEADER = 128;

export function shortHeader({ headers }: Pick<FastifyRequest, "headers">, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value.slice(0, LONGEST_HEADER) : undefined;
}
