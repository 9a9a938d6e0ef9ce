import type { IncomingMessage, ServerResponse } from "node:http";
import { formatText } from "../core/failures.ts";
import { clientIdentityOf, type ClientIdentity } from "../http/client-identity.ts";
import { identityFromHeader } from "../http/forwarded-client-certificate.ts";
import { sendJsonError } from "../http/json-error.ts";
import { pathProblem } from "../http/plain-path.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { Destinations } from "./destinations.ts";
import { validatorFailures } from "./failures.ts";
import { matchesSubject } from "./matches-subject.ts";
import type { ValidatorOptions } from "./options.ts";
import type { ValidatedApplication } from "./validated-application.ts";

export interface ValidatorParts {
  readonly options: ValidatorOptions;
  /** Certificates name tenant and group too (connector spec §16). */
  readonly central: boolean;
  readonly application: (name: string) => ValidatedApplication | undefined;
  /** What stands behind; each gets the request with the path that is meant for it. */
  readonly upstreams: { readonly registry: RequestHandler; readonly events: RequestHandler };
  /** Whether a peer's X-Forwarded-Client-Cert is believed. */
  readonly trusts: (request: IncomingMessage) => boolean;
  /** By lower-case hex SHA-256 of the certificate's DER. */
  readonly revoked: (hash: string) => boolean;
}

/** Lets a request for `/{application}/…` through only if its certificate belongs to that Application. */
export function validator(parts: ValidatorParts): RequestHandler {
  const destinations = new Destinations(parts.options);
  return (request, response) => {
    const url = request.url ?? "";
    const question = url.indexOf("?");
    const path = question === -1 ? url : url.slice(0, question);
    const application = /^\/([^/]*)\//.exec(path)?.[1];
    if (application === undefined) return notFound(response);
    const identity = identityOf(request, parts.trusts);
    if (!identity) return refuse(response, "VALIDATOR_NO_CERTIFICATE");
    if (application === "") return refuse(response, "VALIDATOR_NO_APPLICATION");
    const problem = pathProblem(path);
    if (problem !== undefined) return refuse(response, "VALIDATOR_BAD_PATH", problem);
    const known = parts.application(application);
    if (!known) return refuse(response, "VALIDATOR_UNKNOWN_APPLICATION", application);
    if (identity === "unreadable" || !matchesSubject(identity.subject, known, parts.central)) {
      return refuse(response, "VALIDATOR_NO_VALID_SUBJECT");
    }
    // Our ingress has asked already; any other proxy knows nothing of our list (connector spec §9).
    if (identity.hash !== undefined && parts.revoked(identity.hash)) {
      return refuse(response, "VALIDATOR_REVOKED");
    }
    const destination = destinations.of(application, path);
    if (!destination) return refuse(response, "VALIDATOR_NO_DESTINATION");
    request.url = destination.path + (question === -1 ? "" : url.slice(question));
    parts.upstreams[destination.upstream](request, response);
  };
}

/** Our ingress hands identities over in the process; any other proxy writes the header. */
function identityOf(
  request: IncomingMessage,
  trusts: ValidatorParts["trusts"],
): ClientIdentity | "unreadable" | undefined {
  const identity = clientIdentityOf(request);
  if (identity) return identity;
  if (!trusts(request)) return undefined;
  const read = identityFromHeader(request.headersDistinct["x-forwarded-client-cert"] ?? []);
  if (read.kind === "empty") return undefined;
  return read.kind === "identity" ? read.identity : "unreadable";
}

function refuse(response: ServerResponse, code: keyof typeof validatorFailures, ...values: string[]): void {
  const { status, text } = validatorFailures[code];
  sendJsonError(response, status, formatText(text, values));
}

/** Byte for byte what the original's router answers to a path with less than two slashes. */
function notFound(response: ServerResponse): void {
  const text = "404 page not found\n";
  response.writeHead(404, {
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Content-Length": text.length,
  });
  response.end(text);
}
