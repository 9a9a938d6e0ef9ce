import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request, type IncomingMessage } from "node:http";
import { after, before, suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { kinds } from "../../../src/core/resources/kinds.ts";
import { ask, type Answer } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const G = "applicationconnector.kyma-project.io";
const E = "eventing.kyma-project.io";
const V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const V2BETA1 = V2.replace("v=v2", "v=v2beta1");

suite("discovery", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const accepting = (path: string, accept: string) => ask(server, path, { headers: { accept } });
  const parsed = ({ text }: Answer) => JSON.parse(text) as Record<string, never>;

  test("aggregated discovery - one document has all groups with their resources and subresources", async () => {
    const answer = await accepting("/apis", V2);
    assert.equal(answer.headers.get("content-type"), V2);
    assert.match(answer.headers.get("vary") ?? "", /\bAccept\b/);
    const { items, ...head } = parsed(answer) as unknown as { items: Discovered[] };
    assert.deepEqual(head, {
      kind: "APIGroupDiscoveryList",
      apiVersion: "apidiscovery.k8s.io/v2",
      metadata: {},
    });
    assert.deepEqual(
      items.map(({ metadata }) => metadata),
      [
        { name: G },
        { name: "rafter.kyma-project.io" },
        { name: E },
        { name: "authentication.k8s.io" },
        { name: "authorization.k8s.io" },
      ],
    );
    const responseKind = { group: E, version: "v1alpha2", kind: "Subscription" };
    assert.deepEqual(items[2]?.versions, [
      {
        version: "v1alpha2",
        resources: [
          {
            resource: "subscriptions",
            responseKind,
            scope: "Namespaced",
            singularResource: "subscription",
            verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            categories: ["kyma-eventing"],
            subresources: [{ subresource: "status", responseKind, verbs: ["get", "patch", "update"] }],
          },
        ],
        freshness: "Current",
      },
    ]);
    const applications = items[0]?.versions[0]?.resources[0];
    assert.deepEqual([applications?.scope, applications?.shortNames], ["Cluster", ["app"]]);
    assert.equal(applications?.subresources, undefined);
  });

  test("aggregated discovery - the core group has no name, and stands at /api alone", async () => {
    const { items } = parsed(await accepting("/api", V2)) as unknown as { items: Discovered[] };
    assert.deepEqual(
      items.map(({ metadata }) => metadata),
      [{}],
    );
    const names = items[0]?.versions[0]?.resources.map(({ resource }) => resource);
    assert.deepEqual(names, ["secrets", "configmaps", "namespaces", "services", "events"]);
    assert.equal(items[0]?.versions[0]?.resources[0]?.responseKind.group, "");
  });

  test("aggregated discovery - the client's order of types decides, and an older client gets the older version", async () => {
    for (const [accept, type] of [
      [`${V2},${V2BETA1},application/json`, V2],
      [`${V2BETA1},application/json`, V2BETA1],
      [`${V2};profile=nopeer,application/json`, V2],
      ["application/json; g=apidiscovery.k8s.io; v=v2; as=APIGroupDiscoveryList", V2],
      [`application/json,${V2}`, "application/json"],
      [`${V2};q=0.5,application/json`, "application/json"],
      [`${V2};q=0,*/*`, "application/json"],
    ] as const) {
      for (const path of ["/api", "/apis"]) {
        assert.equal((await accepting(path, accept)).headers.get("content-type"), type, accept);
      }
    }
    const beta = parsed(await accepting("/apis", V2BETA1)) as unknown as { apiVersion: string };
    assert.equal(beta.apiVersion, "apidiscovery.k8s.io/v2beta1");
  });

  test("discovery - whatever is asked for gets the plain documents, never 406", async () => {
    for (const accept of [
      "text/html",
      "application/vnd.kubernetes.protobuf",
      V2.replace("v=v2", "v=v3"),
      V2.replace("apidiscovery.k8s.io", "other.k8s.io"),
      V2.replace("application/json", "application/vnd.kubernetes.protobuf"),
      "application/json;as=Table;v=v1;g=meta.k8s.io",
    ]) {
      for (const path of ["/api", "/apis", "/version", `/apis/${G}`, "/api/v1"]) {
        const { status, headers } = await accepting(path, accept);
        assert.deepEqual([status, headers.get("content-type")], [200, "application/json"], accept);
      }
    }
  });

  test("discovery - a client that has a document is told that it is still the same", async () => {
    for (const [path, accept] of [
      ["/apis", V2],
      ["/apis", "application/json"],
      ["/api/v1", "application/json"],
      ["/openapi/v3", "application/json"],
      ["/openapi/v3/api/v1", "application/json"],
    ] as const) {
      const tag = (await accepting(path, accept)).headers.get("etag") ?? "";
      assert.match(tag, /^W\/"[0-9A-F]{64}"$/);
      for (const known of [tag, tag.slice(2), `"other", ${tag}`, "*"]) {
        const again = await ask(server, path, { headers: { accept, "if-none-match": known } });
        assert.deepEqual([again.status, again.text, again.headers.get("etag")], [304, "", tag], known);
      }
      const other = await ask(server, path, { headers: { accept, "if-none-match": '"other"' } });
      assert.equal(other.status, 200);
    }
    const tags = [V2, V2BETA1, "application/json"].map(async (accept) => {
      return (await accepting("/apis", accept)).headers.get("etag");
    });
    assert.equal(new Set(await Promise.all(tags)).size, 3, "each form is another document");
  });

  test("openapi - version 2 is an empty protobuf document", async () => {
    const accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    const { status, headers, text } = await accepting("/openapi/v2", accept);
    assert.deepEqual([status, text], [200, ""]);
    assert.equal(headers.get("content-type"), "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
  });

  test("openapi - version 3 has a document for each group and version, found by its hash", async () => {
    const { paths } = parsed(await ask(server, "/openapi/v3")) as unknown as { paths: Paths };
    assert.deepEqual(Object.keys(paths).toSorted(), [
      "api/v1",
      `apis/${G}/v1alpha1`,
      `apis/${E}/v1alpha2`,
      "apis/rafter.kyma-project.io/v1beta1",
    ]);
    for (const [path, { serverRelativeURL }] of Object.entries(paths)) {
      const answer = await ask(server, serverRelativeURL);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
      const hash = createHash("sha256").update(answer.text).digest("hex").toUpperCase();
      assert.equal(serverRelativeURL, `/openapi/v3/${path}?hash=${hash}`);
      for (const stale of [`/openapi/v3/${path}`, `/openapi/v3/${path}?hash=OLD`]) {
        const today = await ask(server, stale);
        assert.deepEqual([today.status, today.text], [200, answer.text]);
        assert.equal(today.headers.get("cache-control"), "no-cache, private");
      }
    }
    assert.equal((await ask(server, "/openapi/v3/apis/apps/v1")).status, 404);
    assert.equal((await ask(server, "/openapi/v3", { headers: { authorization: "" } })).status, 401);
  });

  test("openapi - every kind has a schema, and a patch that checks fields on the server", async () => {
    for (const kind of kinds) {
      const root = kind.group === "" ? "/api/v1" : `/apis/${kind.group}/${kind.version}`;
      const { paths, components } = parsed(await ask(server, `/openapi/v3${root}`)) as unknown as Document;
      const place = kind.scope === "Namespaced" ? "/namespaces/{namespace}" : "";
      const patch = paths[`${root}${place}/${kind.plural}/{name}`]?.patch;
      const gvk = { group: kind.group, version: kind.version, kind: kind.kind };
      assert.deepEqual(patch?.["x-kubernetes-group-version-kind"], gvk);
      const parameters = patch?.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      assert(parameters?.includes("query fieldValidation"));
      const schemas = Object.values(components.schemas);
      const schema = schemas.find((one) => one["x-kubernetes-group-version-kind"]?.[0]?.kind === kind.kind);
      assert.deepEqual(schema?.["x-kubernetes-group-version-kind"], [gvk]);
      const reference = schema?.properties["metadata"]?.allOf?.[0]?.$ref ?? "";
      assert(components.schemas[reference.replace("#/components/schemas/", "")], reference);
    }
  });

  test("openapi - a client that takes gzip gets the same document in a fraction of the bytes", async () => {
    const path = `/openapi/v3/apis/${G}/v1alpha1`;
    const whole = await raw(server, path, "identity");
    for (const accepted of ["gzip", "deflate, gzip;q=0.5", "GZIP"]) {
      const { headers, bytes } = await raw(server, path, accepted);
      assert.equal(headers["content-encoding"], "gzip");
      assert(bytes.length * 2 < whole.bytes.length);
      assert(gunzipSync(bytes).equals(whole.bytes));
      assert.equal(headers.etag, whole.headers.etag);
      assert.match(headers.vary ?? "", /Accept-Encoding/);
    }
    for (const refused of ["gzip;q=0", "gzip; q=0.0", "br", "x-gzip-like"]) {
      const { headers, bytes } = await raw(server, path, refused);
      assert.deepEqual([headers["content-encoding"], bytes.length], [undefined, whole.bytes.length], refused);
    }
  });
});

interface Discovered {
  readonly metadata: object;
  readonly versions: {
    readonly resources: {
      readonly resource: string;
      readonly responseKind: { readonly group: string };
      readonly scope: string;
      readonly shortNames?: string[];
      readonly subresources?: object[];
    }[];
  }[];
}

type Paths = Record<string, { readonly serverRelativeURL: string }>;

interface Document {
  readonly paths: Record<
    string,
    {
      readonly patch: {
        readonly parameters: { name: string; in: string }[];
        readonly [key: string]: unknown;
      };
    }
  >;
  readonly components: {
    readonly schemas: Record<
      string,
      {
        readonly properties: Record<string, { readonly allOf?: { readonly $ref: string }[] }>;
        readonly "x-kubernetes-group-version-kind"?: { readonly kind: string }[];
      }
    >;
  };
}

/** As the bytes come: fetch would take the encoding off. */
async function raw({ port, token }: AdminServer, path: string, encoding: string) {
  const headers = { authorization: `Bearer ${token}`, "accept-encoding": encoding };
  const sent = request({ host: "127.0.0.1", port, path, headers }).end();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  sent.once("response", resolve).once("error", reject);
  const response = await promise;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { headers: response.headers, bytes: Buffer.concat(chunks) };
}
