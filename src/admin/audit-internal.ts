import type { IncomingMessage, ServerResponse } from "node:http";
import { adminWritten, type AdminWrite } from "../telemetry/channels.ts";
import { shortHeader } from "./audit-write.ts";

const VERBS: Readonly<Record<string, AdminWrite["verb"]>> = {
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Publishes a write below /v1 when it has been answered, also when it was refused; its resource is its path. */
export function auditInternal(
  request: IncomingMessage,
  response: ServerResponse,
  user: () => string | undefined,
): void {
  const verb = VERBS[request.method ?? ""];
  if (!verb || !adminWritten.hasSubscribers) return;
  const [path = ""] = (request.url ?? "").split("?", 1);
  const peer = request.socket.remoteAddress;
  response.once("close", () =>
    adminWritten.publish({
      user: user() ?? "system:anonymous",
      verb,
      resource: path,
      namespace: undefined,
      name: shortHeader(request, "application"),
      code: response.headersSent ? response.statusCode : 0,
      peer,
      command: shortHeader(request, "kubectl-command"),
      session: shortHeader(request, "kubectl-session"),
    }),
  );
}
