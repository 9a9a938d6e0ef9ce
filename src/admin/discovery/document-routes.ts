import type { FastifyInstance } from "fastify";
import type { Kind } from "../../core/resources/kind.ts";
import { route, type RouteHandler } from "../../http/fastify.ts";
import { PreparedDocument } from "../answer/prepared-document.ts";
import { aggregatedDiscovery, aggregatedMediaType, wantedAggregation } from "./aggregated.ts";
import { discoveryDocuments } from "./documents.ts";
import { openApiRoutes } from "./openapi-routes.ts";
import { servedVersions, type ServedVersion } from "./served-version.ts";

const OPENAPI_V2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/** What tells clients of the API: discovery and OpenAPI (admin-api spec §§4, 5). */
export function documentRoutes(app: FastifyInstance, kinds: readonly Kind[]): void {
  const versions = servedVersions(kinds);
  for (const [path, document] of discoveryDocuments(versions)) {
    const plain = new PreparedDocument(document);
    const aggregated = aggregatedDocument(path, versions);
    route(app, path, {
      GET: (request, reply) => aggregated?.(request, reply) ?? plain.send(request, reply),
    });
  }
  // No bytes are a valid protobuf document with nothing in it, without which kubectl 1.28 sends nothing.
  route(app, "/openapi/v2", { GET: (_request, reply) => reply.type(OPENAPI_V2).send(Buffer.alloc(0)) });
  openApiRoutes(app, kinds);
}

/** The aggregated form of `/api` or `/apis`: undefined for other paths, and gives undefined where nobody asks for it. */
function aggregatedDocument(path: string, versions: readonly ServedVersion[]): RouteHandler | undefined {
  if (path !== "/api" && path !== "/apis") return undefined;
  const shown = versions.filter(({ group }) => (group === "") === (path === "/api"));
  const prepare = (version: "v2" | "v2beta1") =>
    new PreparedDocument(aggregatedDiscovery(shown, version), aggregatedMediaType(version));
  const documents = { v2: prepare("v2"), v2beta1: prepare("v2beta1") };
  return (request, reply) => {
    const wanted = wantedAggregation(request.headers.accept);
    return wanted && documents[wanted].send(request, reply);
  };
}
