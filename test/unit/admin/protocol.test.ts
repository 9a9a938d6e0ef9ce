import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { AdminToken } from "../../../src/admin/identity/admin-token.ts";
import { systemClock } from "../../../src/core/clock.ts";
import { APPLICATIONS, application, ask, refusal } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { eventually } from "../../doubles/eventually.ts";

const G = "applicationconnector.kyma-project.io";

suite("admin protocol", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  test("identity - no token, a wrong one, Basic and an unknown path are all 401", async () => {
    const basic = `Basic ${Buffer.from(`admin:${server.token}`).toString("base64")}`;
    for (const authorization of [
      "",
      "Bearer",
      "Bearer wrong",
      `Bearer ${server.token}x`,
      `Bearer ${server.token.slice(0, -1)}`,
      basic,
      server.token,
    ]) {
      for (const path of [APPLICATIONS, "/version", "/nowhere"]) {
        const answer = await ask(server, path, { headers: { authorization } });
        assert.deepEqual(answer.body, {
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Failure",
          message: "Unauthorized",
          reason: "Unauthorized",
          code: 401,
        } as never);
        assert.equal(answer.headers.get("www-authenticate"), 'Bearer realm="appconn"');
      }
    }
  });

  test("identity - the word Bearer is read in any case", async () => {
    const headers = { authorization: `bearer ${server.token}` };
    assert.equal((await ask(server, "/version", { headers })).status, 200);
  });

  test("identity - impersonation is forbidden", async () => {
    for (const name of ["impersonate-user", "impersonate-group", "impersonate-extra-x"]) {
      const answer = await ask(server, APPLICATIONS, { headers: { [name]: "x" } });
      assert.deepEqual([answer.status, answer.body.reason], [403, "Forbidden"]);
    }
  });

  test("identity - health needs no token", async () => {
    for (const path of ["/healthz", "/livez", "/readyz"]) {
      const { status, text } = await ask(server, path, { headers: { authorization: "" } });
      assert.deepEqual([status, text], [200, "ok"]);
    }
  });

  test("discovery - the documents list what is served and nothing else", async () => {
    const get = async (path: string) => (await ask(server, path)).body as unknown as Record<string, unknown>;
    assert.deepEqual(await get("/api"), {
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [],
    });
    const group = {
      name: G,
      versions: [{ groupVersion: `${G}/v1alpha1`, version: "v1alpha1" }],
      preferredVersion: { groupVersion: `${G}/v1alpha1`, version: "v1alpha1" },
    };
    const documents = {
      name: "rafter.kyma-project.io",
      versions: [{ groupVersion: "rafter.kyma-project.io/v1beta1", version: "v1beta1" }],
      preferredVersion: { groupVersion: "rafter.kyma-project.io/v1beta1", version: "v1beta1" },
    };
    const reviews = ["authentication.k8s.io", "authorization.k8s.io"].map((name) => {
      const version = { groupVersion: `${name}/v1`, version: "v1" };
      return { name, versions: [version], preferredVersion: version };
    });
    const events = {
      name: "eventing.kyma-project.io",
      versions: [{ groupVersion: "eventing.kyma-project.io/v1alpha2", version: "v1alpha2" }],
      preferredVersion: { groupVersion: "eventing.kyma-project.io/v1alpha2", version: "v1alpha2" },
    };
    const groups = [group, documents, events, ...reviews];
    assert.deepEqual(await get("/apis"), { kind: "APIGroupList", apiVersion: "v1", groups });
    assert.deepEqual(await get(`/apis/${G}`), { kind: "APIGroup", apiVersion: "v1", ...group });
    const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    assert.deepEqual(await get(`/apis/${G}/v1alpha1`), {
      kind: "APIResourceList",
      apiVersion: "v1",
      groupVersion: `${G}/v1alpha1`,
      resources: [
        {
          name: "applications",
          singularName: "application",
          namespaced: false,
          kind: "Application",
          verbs,
          shortNames: ["app"],
        },
        {
          name: "applicationmappings",
          singularName: "applicationmapping",
          namespaced: true,
          kind: "ApplicationMapping",
          verbs,
          shortNames: ["am"],
        },
        {
          name: "tokenrequests",
          singularName: "tokenrequest",
          namespaced: true,
          kind: "TokenRequest",
          verbs,
        },
      ],
    });
    assert.deepEqual((await get("/apis/eventing.kyma-project.io/v1alpha2"))["resources"], [
      {
        name: "subscriptions",
        singularName: "subscription",
        namespaced: true,
        kind: "Subscription",
        verbs,
        categories: ["kyma-eventing"],
      },
      {
        name: "subscriptions/status",
        singularName: "",
        namespaced: true,
        kind: "Subscription",
        verbs: ["get", "patch", "update"],
      },
    ]);
    const core = (await get("/api/v1"))["resources"] as { name: string; verbs: string[] }[];
    assert.deepEqual(
      core.map(({ name }) => name),
      ["secrets", "configmaps", "namespaces", "namespaces/status", "services", "services/status", "events"],
    );
    assert(!core[2]?.verbs.includes("deletecollection"));
    assert.deepEqual(core[3]?.verbs, ["get", "patch", "update"]);
    assert.equal((await get("/version"))["gitVersion"], "v1.36.0+appconn");
  });

  test("paths - what is not served is a Status that says so", async () => {
    for (const path of [
      "/",
      "/apis/apps/v1/deployments",
      "/api/v1/pods",
      "/api/v1/namespaces/default/pods",
      `/apis/${G}/v1/applications`,
      `/apis/${G}/v1alpha1/namespaces/default/applications`,
      "/api/v1/watch/secrets",
    ]) {
      const answer = await ask(server, path);
      assert.deepEqual(
        refusal(answer),
        {
          code: 404,
          reason: "NotFound",
          message: "the server could not find the requested resource",
        },
        path,
      );
      assert.deepEqual(answer.body.details, {});
    }
  });

  test("methods - a collection without a name is told, other methods are 405 with Allow", async () => {
    for (const method of ["PUT", "PATCH"]) {
      const answer = await ask(server, APPLICATIONS, { method, body: {} });
      assert.deepEqual([answer.status, answer.body.message], [400, "name must be provided"]);
    }
    for (const [method, path, allow] of [
      ["POST", `${APPLICATIONS}/x`, "DELETE, GET, HEAD, PATCH, PUT"],
      ["POST", "/api/v1/secrets", "GET, HEAD"],
      ["DELETE", "/api/v1/secrets", "GET, HEAD"],
      ["DELETE", "/api/v1/namespaces", "GET, HEAD, PATCH, POST, PUT"],
      ["OPTIONS", APPLICATIONS, "DELETE, GET, HEAD, PATCH, POST, PUT"],
      ["POST", "/version", "GET, HEAD"],
    ] as const) {
      const answer = await ask(server, path, { method });
      assert.deepEqual(refusal(answer), {
        code: 405,
        reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource",
      });
      assert.equal(answer.headers.get("allow"), allow);
    }
  });

  test("limits - a body of more than three megabytes is 413", async () => {
    const body = JSON.stringify(application("big", { spec: { description: "x".repeat(3_145_728) } }));
    const answer = await ask(server, APPLICATIONS, { body });
    assert.deepEqual(refusal(answer), {
      code: 413,
      reason: "RequestEntityTooLarge",
      message: "Request entity too large: limit is 3145728",
    });
  });

  test("limits - requests and watches beyond the limit are told when to come back", async () => {
    await using small = await startAdminServer({ maxWatches: 1 });
    const open = new AbortController();
    const watching = await small.fetch(`${APPLICATIONS}?watch=true`, { signal: open.signal });
    const answer = await ask(small, `${APPLICATIONS}?watch=true`);
    assert.deepEqual(refusal(answer), {
      code: 429,
      reason: "TooManyRequests",
      message: "too many watches at once, please try again later: the limit is 1",
    });
    assert.equal(answer.headers.get("retry-after"), "1");
    assert.equal(answer.body.details["retryAfterSeconds"], 1);
    assert.equal((await ask(small, APPLICATIONS)).status, 200, "a list is not a watch");
    open.abort();
    await assert.rejects(watching.text());
    await eventually(async () => {
      const again = new AbortController();
      const { status } = await small.fetch(`${APPLICATIONS}?watch=true`, { signal: again.signal });
      again.abort();
      assert.equal(status, 200);
    });
  });

  test("data directory - token and kubeconfig are their owner's alone and fit the server", async () => {
    for (const name of ["admin-token", "kubeconfig"]) {
      assert.equal((await stat(join(server.directory, name))).mode & 0o777, 0o600, name);
    }
    assert.equal(Buffer.from(server.token, "base64url").length, 32);
    const config = JSON.parse(await readFile(server.kubeconfig, "utf8"));
    const [{ cluster }] = config.clusters;
    assert.equal(cluster.server, server.origin);
    assert.deepEqual(config.contexts, [
      { name: "appconn", context: { cluster: "appconn", user: "admin", namespace: "default" } },
    ]);
    const ca = Buffer.from(cluster["certificate-authority-data"], "base64").toString();
    const headers = { authorization: `Bearer ${config.users[0].user.token}` };
    for (const host of ["127.0.0.1", "localhost"]) {
      const request = httpsRequest({ host, port: server.port, path: "/version", ca, headers }).end();
      const [response] = await once(request, "response");
      assert.equal(response.statusCode, 200);
      response.resume();
    }
  });

  test("transport - away from loopback the port speaks TLS alone", async () => {
    await using open = await startAdminServer({ host: "0.0.0.0" });
    assert.match(open.origin, /^https:\/\/127\.0\.0\.1:/);
    const { status } = await fetch(`http://127.0.0.1:${open.port}/healthz`);
    assert.equal(status, 400);
    const request = httpsRequest({
      host: "127.0.0.1",
      port: open.port,
      path: "/healthz",
      rejectUnauthorized: false,
    });
    const [response] = await once(request.end(), "response");
    assert.equal(response.statusCode, 200);
    response.resume();
  });

  test("token - one that is too short, has spaces or can be read by others stops the start", async () => {
    for (const [content, mode, code] of [
      ["tiny-one", 0o600, "ADMIN_TOKEN_FILE"],
      ["a token with several spaces", 0o600, "ADMIN_TOKEN_FILE"],
      ["a-token-that-others-read", 0o644, "PKI_FILE_EXPOSED"],
    ] as const) {
      const directory = await mkdtemp(join(tmpdir(), "appconn-token-"));
      try {
        await writeFile(join(directory, "admin-token"), content);
        await chmod(join(directory, "admin-token"), mode);
        await assert.rejects(AdminToken.open(directory, systemClock), (error: Error & { code: string }) => {
          assert.equal(error.code, code);
          assert(!error.message.includes(content));
          return true;
        });
      } finally {
        await rm(directory, { recursive: true });
      }
    }
  });

  test("token - a replaced file changes it in the running server, and the kubeconfig with it", async () => {
    await using other = await startAdminServer();
    const file = join(other.directory, "admin-token");
    const replacement = "a-token-of-my-own-choice";
    await writeFile(file, `${replacement}\n`);
    const withToken = async (token: string) => {
      const { status } = await ask(other, "/version", { headers: { authorization: `Bearer ${token}` } });
      return status;
    };
    await eventually(async () => assert.equal(await withToken(replacement), 200));
    assert.equal(await withToken(other.token), 401);
    await eventually(async () =>
      assert.match(await readFile(other.kubeconfig, "utf8"), new RegExp(replacement)),
    );
    await rm(file);
    assert.equal(await withToken(replacement), 200);
  });
});
