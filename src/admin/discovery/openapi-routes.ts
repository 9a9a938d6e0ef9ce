import type { FastifyInstance } from "fastify";
import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import { queryOf, route } from "../../http/fastify.ts";
import { PreparedDocument } from "../answer/prepared-document.ts";
import { openApiDocument } from "./openapi-document.ts";
import { rootOf } from "./root-of.ts";

/** Seconds: a year. */
const FOR_EVER = 31_536_000;

/** `/openapi/v3` with a document for each group and version (admin-api spec §5). */
export function openApiRoutes(app: FastifyInstance, kinds: readonly Kind[]): void {
  const documents = lazily(() => openApiDocuments(kinds));
  const index = lazily(() => new PreparedDocument({ paths: indexPaths(documents()) }));
  route(app, "/openapi/v3", { GET: (request, reply) => index().send(request, reply) });
  for (const root of new Set(kinds.map(rootOf))) {
    route(app, `/openapi/v3${root}`, {
      GET: (request, reply) => {
        const document = documents().get(root);
        // A URL with the right hash never means another document; any other gets today's.
        if (queryOf(request).get("hash") === document?.hash) {
          void reply.header("cache-control", `public, max-age=${FOR_EVER}, immutable`);
        }
        return document?.send(request, reply);
      },
    });
  }
}

/** By root: `/api/v1`, `/apis/applicationconnector.kyma-project.io/v1alpha1`. */
function openApiDocuments(kinds: readonly Kind[]): ReadonlyMap<string, PreparedDocument> {
  const versions = [...Map.groupBy(kinds, apiVersionOf).values()];
  return new Map(
    versions.flatMap((members): [string, PreparedDocument][] =>
      members[0] ? [[rootOf(members[0]), new PreparedDocument(openApiDocument(members))]] : [],
    ),
  );
}

function indexPaths(documents: ReadonlyMap<string, PreparedDocument>): object {
  const paths = [...documents].map(([root, { hash }]): [string, object] => [
    root.slice(1),
    { serverRelativeURL: `/openapi/v3${root}?hash=${hash}` },
  ]);
  return Object.fromEntries(paths);
}

/** Most clients never ask for these documents, and a start shall not wait for them. */
function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
