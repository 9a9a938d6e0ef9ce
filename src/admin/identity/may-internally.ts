import type { IncomingMessage } from "node:http";
import type { Caller } from "./caller.ts";

/** What is asked of another component's internal API. */
export type InternalRequest = Pick<IncomingMessage, "method" | "url" | "headersDistinct">;

/** For everybody: the authority of client certificates is public, and so is its revocation list. */
const PUBLIC = /^\/v1\/(?:health|ca|ca\.crl)$/;
const CERTIFICATES = /^\/v1\/applications\/([^/]+)\/certificates$/;
const REVOCATIONS = /^\/v1\/applications\/([^/]+)\/certificates\/revocations$/;
const SERVICES = /^\/v1\/applications\/([^/]+)\/services$/;
const CHECK = /^\/v1\/applications\/([^/]+)\/check$/;
const DOCUMENTS = /^\/v1\/(?:search|documents\/.+)$/;

/** What happens now; only what belongs to the caller's Applications is shown (LiveQuery). */
const LIVE = /^\/v1\/live\/(?:calls|access)$/;

/**
 * Whether a caller may ask that of the internal APIs below /v1. What is not listed here is for administrators:
 * the authority of client certificates, the identities of runtimes, and whatever comes later.
 */
export function mayInternally(caller: Caller, request: InternalRequest): boolean {
  const { role, applications } = caller;
  if (role === "admin" && !applications) return true;
  const [path = "", ...query] = (request.url ?? "").split("?");
  if (request.method === "GET" || request.method === "HEAD") {
    return !applications || mayRead(applications, path, new URLSearchParams(query.join("?")));
  }
  return role === "editor" && request.method === "POST" && mayPost(applications, path, request);
}

type Limit = ReadonlySet<string>;

function mayRead(applications: Limit, path: string, query: URLSearchParams): boolean {
  if (PUBLIC.test(path)) return true;
  if (LIVE.test(path)) return query.getAll("application").every((name) => applications.has(name));
  if (DOCUMENTS.test(path)) {
    const [name, ...others] = query.getAll("application");
    return name !== undefined && others.length === 0 && applications.has(name);
  }
  return isOwn(applications, (CERTIFICATES.exec(path) ?? SERVICES.exec(path))?.[1]);
}

function mayPost(
  applications: Limit | undefined,
  path: string,
  { headersDistinct }: InternalRequest,
): boolean {
  if (path === "/v1/applications/tokens") {
    if (!applications) return true;
    // Tenant and group are part of the identity that comes of it.
    if (headersDistinct["tenant"] ?? headersDistinct["group"]) return false;
    const [name, ...others] = headersDistinct["application"] ?? [];
    return name !== undefined && others.length === 0 && applications.has(name);
  }
  // By the hash alone, which may be of any Application.
  if (path === "/v1/applications/certificates/revocations") return !applications;
  const name = (REVOCATIONS.exec(path) ?? CHECK.exec(path))?.[1];
  return name !== undefined && (!applications || isOwn(applications, name));
}

function isOwn(applications: Limit, segment: string | undefined): boolean {
  if (segment === undefined) return false;
  try {
    return applications.has(decodeURIComponent(segment));
  } catch {
    return false;
  }
}
