import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { RequestHandler } from "../../../src/http/request-handler.ts";
import { adminWritten, type AdminWrite } from "../../../src/telemetry/channels.ts";
import { ACCESS, userOf, type User } from "../../doubles/access.ts";
import { ask } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { eventually } from "../../doubles/eventually.ts";

type Role = "admin" | "editor" | "viewer" | "shopEditor" | "shopViewer";
const ROLES: readonly Role[] = ["admin", "editor", "viewer", "shopEditor", "shopViewer"];

interface Case {
  readonly target: string;
  readonly headers?: Record<string, string>;
  readonly allowed: readonly Role[];
}

const ALL_BUT_LIMITED: readonly Role[] = ["admin", "editor", "viewer"];
const EDITORS: readonly Role[] = ["admin", "editor", "shopEditor"];
const UNLIMITED_EDITORS: readonly Role[] = ["admin", "editor"];

const CASES: readonly Case[] = [
  { target: "GET /v1/health", allowed: ROLES },
  { target: "GET /v1/ca", allowed: ROLES },
  { target: "HEAD /v1/ca.crl", allowed: ROLES },
  { target: "POST /v1/ca/rotations", allowed: ["admin"] },
  { target: "POST /v1/ca/retirements", allowed: ["admin"] },
  { target: "POST /v1/runtimes/tokens", allowed: ["admin"] },
  { target: "POST /v1/anything/new", allowed: ["admin"] },
  { target: "DELETE /v1/applications/tokens", allowed: ["admin"] },
  { target: "GET /v1/anything/new", allowed: ALL_BUT_LIMITED },
  // Pairing links.
  { target: "POST /v1/applications/tokens", headers: { application: "shop" }, allowed: EDITORS },
  { target: "POST /v1/applications/tokens", headers: { application: "other" }, allowed: UNLIMITED_EDITORS },
  { target: "POST /v1/applications/tokens", headers: { application: "Shop" }, allowed: UNLIMITED_EDITORS },
  {
    target: "POST /v1/applications/tokens",
    headers: { application: "shop, other" },
    allowed: UNLIMITED_EDITORS,
  },
  { target: "POST /v1/applications/tokens", allowed: UNLIMITED_EDITORS },
  {
    target: "POST /v1/applications/tokens",
    headers: { application: "shop", tenant: "t", group: "g" },
    allowed: UNLIMITED_EDITORS,
  },
  // Another spelling of a path is not known here, whoever may know it behind.
  { target: "POST /v1/applications/tokens/", headers: { application: "shop" }, allowed: ["admin"] },
  { target: "POST /v1/applications/%74okens", headers: { application: "shop" }, allowed: ["admin"] },
  { target: "POST /v1/applications//tokens", headers: { application: "shop" }, allowed: ["admin"] },
  // Certificates.
  { target: "GET /v1/applications/shop/certificates", allowed: ROLES },
  { target: "GET /v1/applications/other/certificates", allowed: ALL_BUT_LIMITED },
  { target: "GET /v1/applications/shop%2f..%2fother/certificates", allowed: ALL_BUT_LIMITED },
  { target: "GET /v1/applications/%zz/certificates", allowed: ALL_BUT_LIMITED },
  { target: "POST /v1/applications/shop/certificates/revocations", allowed: EDITORS },
  { target: "POST /v1/applications/other/certificates/revocations", allowed: UNLIMITED_EDITORS },
  { target: "POST /v1/applications/certificates/revocations", allowed: UNLIMITED_EDITORS },
  // What the gateway knows of an Application, and dry runs of its calls.
  { target: "GET /v1/applications/shop/services", allowed: ROLES },
  { target: "GET /v1/applications/other/services", allowed: ALL_BUT_LIMITED },
  { target: "POST /v1/applications/shop/check", allowed: EDITORS },
  { target: "POST /v1/applications/shop/check?service=orders", allowed: EDITORS },
  { target: "POST /v1/applications/other/check", allowed: UNLIMITED_EDITORS },
  { target: "POST /v1/applications/shop/check/", allowed: ["admin"] },
  // Search and documents.
  { target: "GET /v1/search?q=x", allowed: ALL_BUT_LIMITED },
  { target: "GET /v1/search?q=x&application=shop", allowed: ROLES },
  { target: "GET /v1/search?q=x&application=other", allowed: ALL_BUT_LIMITED },
  { target: "GET /v1/search?q=x&application=shop&application=other", allowed: ALL_BUT_LIMITED },
  { target: "GET /v1/search?q=x&application=", allowed: ALL_BUT_LIMITED },
  { target: "GET /v1/search?q=x?&application=other&application=shop", allowed: ALL_BUT_LIMITED },
  { target: "GET /v1/documents/id/openapi?application=shop", allowed: ROLES },
  { target: "GET /v1/documents/id/openapi", allowed: ALL_BUT_LIMITED },
  { target: "GET /v1/documents?application=shop", allowed: ALL_BUT_LIMITED },
];

suite("admin internal access", () => {
  let server: AdminServer;
  const users = new Map<Role, User>();
  const reached: string[] = [];
  const open: (() => void)[] = [];
  const internal: RequestHandler = (request, response) => {
    reached.push(`${request.method} ${request.url}`);
    if (request.url?.startsWith("/v1/search?stream")) {
      response.write("begun");
      open.push(() => response.end());
      return;
    }
    response.end("{}");
  };
  const documents: RequestHandler = (request, response) => {
    response.writeHead(server.authorises(request) ? 200 : 401).end();
  };
  before(async () => {
    server = await startAdminServer({}, { internal, documents });
    for (const role of ["admin", "editor", "viewer"] as const) {
      users.set(role, await userOf(server, { name: `an-${role}`, role }));
    }
    const applications = ["shop"];
    users.set("shopEditor", await userOf(server, { name: "shop-editor", role: "editor", applications }));
    users.set("shopViewer", await userOf(server, { name: "shop-viewer", role: "viewer", applications }));
  });
  after(async () => {
    for (const end of open) end();
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const send = (role: Role | undefined, target: string, headers: Record<string, string> = {}) => {
    const [method = "", path = ""] = target.split(" ");
    const authorization = role === undefined ? "none" : (users.get(role)?.headers.authorization ?? "");
    return server.fetch(path, { method, headers: { ...headers, authorization } });
  };

  test("internal access - each role reaches what is listed for it, and nothing else", async () => {
    for (const { target, headers, allowed } of CASES) {
      for (const role of ROLES) {
        reached.length = 0;
        const response = await send(role, target, headers);
        const passed = allowed.includes(role);
        assert.equal(response.status, passed ? 200 : 403, `${role} ${target}`);
        assert.equal(reached.length, passed ? 1 : 0, `${role} ${target}`);
        await response.text();
      }
      const nobody = await send(undefined, target, headers);
      assert.equal(nobody.status, 401);
      await nobody.text();
    }
  });

  test("internal access - a refusal has the form of the API behind, and names no query", async () => {
    const response = await send("shopEditor", "GET /v1/search?q=secret-word");
    assert.deepEqual(await response.json(), {
      code: 403,
      error: '/v1/search is forbidden: User "shop-editor" cannot GET it',
    });
  });

  test("internal access - the document store is for those who are not limited, and writing for editors", async () => {
    const cases: readonly (readonly [string, readonly Role[]])[] = [
      ["GET /documents/x", ALL_BUT_LIMITED],
      ["HEAD /private/x", ALL_BUT_LIMITED],
      ["POST /v1/upload", UNLIMITED_EDITORS],
      ["POST /v1/convert", UNLIMITED_EDITORS],
    ];
    for (const [target, allowed] of cases) {
      for (const role of ROLES) {
        const { status } = await send(role, target);
        assert.equal(status, allowed.includes(role) ? 200 : 401, `${role} ${target}`);
      }
    }
  });

  test("internal access - writes are recorded with their user and outcome, without their query", async () => {
    const writes: AdminWrite[] = [];
    const listener = (message: unknown) => void writes.push(message as AdminWrite);
    adminWritten.subscribe(listener);
    try {
      for (const [role, target, headers] of [
        ["shopEditor", "POST /v1/applications/tokens?x=y", { application: "shop" }],
        ["shopEditor", "POST /v1/applications/tokens", { application: "other" }],
        [undefined, "POST /v1/ca/rotations", {}],
        ["viewer", "GET /v1/ca", {}],
        ["editor", "POST /v1/upload", {}],
      ] as const) {
        await (await send(role, target, headers)).text();
      }
      await eventually(() => assert.equal(writes.length, 4));
    } finally {
      adminWritten.unsubscribe(listener);
    }
    assert.deepEqual(
      writes.map(({ user, verb, resource, name, code }) => [user, verb, resource, name, code].join(" ")),
      [
        "shop-editor create /v1/applications/tokens shop 200",
        "shop-editor create /v1/applications/tokens other 403",
        "system:anonymous create /v1/ca/rotations  401",
        "an-editor create /v1/upload  200",
      ],
    );
  });

  test("internal access - an answer that goes on is cut when its token is revoked", async () => {
    const user = await userOf(server, { name: "leaving", role: "viewer" });
    const response = await server.fetch("/v1/search?stream", { headers: user.headers });
    assert.equal(response.status, 200);
    await ask(server, `${ACCESS}/leaving`, { method: "DELETE" });
    await assert.rejects(response.text());
  });
});
