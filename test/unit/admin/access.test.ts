import assert from "node:assert/strict";
import { connect } from "node:net";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { adminWritten, type AdminWrite } from "../../../src/telemetry/channels.ts";
import { ACCESS, userOf } from "../../doubles/access.ts";
import { APPLICATIONS, application, ask, refusal, SECRETS, secret } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { eventually } from "../../doubles/eventually.ts";

interface ShownToken {
  readonly name: string;
  readonly prefix: string;
  readonly role: string;
  readonly createdBy: string;
  readonly lastUsedAt?: string;
}

suite("admin access", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const listed = async () => (JSON.parse((await ask(server, ACCESS)).text) as { items: ShownToken[] }).items;
  const find = async (name: string) => (await listed()).find((one) => one.name === name);

  /** Writes that are published while `action` runs: exactly `count`. */
  async function recorded(count: number, action: () => Promise<unknown>): Promise<AdminWrite[]> {
    const writes: AdminWrite[] = [];
    const listener = (message: unknown) => void writes.push(message as AdminWrite);
    adminWritten.subscribe(listener);
    try {
      await action();
      await eventually(() => assert.equal(writes.length, count));
    } finally {
      adminWritten.unsubscribe(listener);
    }
    return writes;
  }

  test("access - a token is shown once, works at once, and is listed without what it is", async () => {
    const user = await userOf(server, { name: "first", role: "editor" });
    assert.match(user.token, /^appconn_[\w-]{43}$/);
    assert.equal((await user.ask(APPLICATIONS)).status, 200);
    const shown = await find("first");
    assert.deepEqual(
      [shown?.role, shown?.prefix, shown?.createdBy],
      ["editor", user.token.slice(0, 12), "admin"],
    );
    assert.ok(shown?.lastUsedAt, "it was used");
    assert.ok(!JSON.stringify(await listed()).includes(user.token.slice(0, 16)));
  });

  test("access - what cannot be a token is refused with every reason", async () => {
    const cases: readonly (readonly [object | string, number, readonly string[]])[] = [
      [{}, 422, ["name", "role"]],
      [{ name: "A b", role: "root" }, 422, ["name", "role"]],
      [{ name: "admin", role: "admin" }, 422, ["name"]],
      [{ name: "x", role: "admin", applications: ["shop"] }, 422, ["applications"]],
      [{ name: "x", role: "viewer", applications: [] }, 422, ["applications"]],
      [{ name: "x", role: "viewer", applications: "shop" }, 422, ["applications"]],
      [{ name: "x", role: "viewer", applications: ["shop", 1] }, 422, ["applications[1]"]],
      [{ name: "x", role: "viewer", expiresInSeconds: 0 }, 422, ["expiresInSeconds"]],
      [{ name: "x", role: "viewer", expiresInSeconds: "1h" }, 422, ["expiresInSeconds"]],
      [{ name: "x", role: "viewer", token: "mine" }, 422, ["token"]],
      ['{"name":"x","role":"viewer","role":"admin"}', 422, ["role"]],
      [
        '{"name":"x","role":"editor","applications":["shop"],"applications":["other"]}',
        422,
        ["applications"],
      ],
      ["[]", 422, ["name", "role"]],
      ["{", 400, []],
      ["", 400, []],
    ];
    for (const [body, code, fields] of cases) {
      const answer = await ask(server, ACCESS, { method: "POST", body });
      assert.equal(answer.status, code, JSON.stringify(body));
      const causes = answer.body.details?.causes ?? [];
      assert.deepEqual(
        causes.map(({ field }) => field),
        fields,
        JSON.stringify(body),
      );
    }
    assert.equal(await find("x"), undefined);
  });

  test("access - a name is given once at a time", async () => {
    await userOf(server, { name: "twice", role: "viewer" });
    const again = await ask(server, ACCESS, { body: { name: "twice", role: "admin" } });
    assert.deepEqual([again.status, again.body.reason], [409, "Conflict"]);
    assert.equal((await find("twice"))?.role, "viewer");
  });

  test("access - a revoked token is refused from then on, and its name is free", async () => {
    const user = await userOf(server, { name: "gone", role: "admin" });
    assert.equal((await ask(server, `${ACCESS}/gone`, { method: "DELETE" })).status, 200);
    assert.deepEqual(refusal(await user.ask("/version")), {
      code: 401,
      reason: "Unauthorized",
      message: "Unauthorized",
    });
    assert.equal((await ask(server, `${ACCESS}/gone`, { method: "DELETE" })).status, 404);
    const next = await userOf(server, { name: "gone", role: "viewer" });
    assert.equal((await next.ask("/version")).status, 200);
    assert.equal((await user.ask("/version")).status, 401);
  });

  test("access - who revokes his own token is told so", async () => {
    const user = await userOf(server, { name: "own", role: "admin" });
    assert.equal((await user.ask(`${ACCESS}/own`, { method: "DELETE" })).status, 200);
    assert.equal((await user.ask("/version")).status, 401);
  });

  test("access - a token that has expired is refused, and its open watch ends", async () => {
    const user = await userOf(server, { name: "short", role: "viewer", expiresInSeconds: 1 });
    const watch = await server.fetch(`${APPLICATIONS}?watch=true`, { headers: user.headers });
    assert.equal(watch.status, 200);
    await watch.text();
    assert.equal((await user.ask("/version")).status, 401);
  });

  test("access - a revocation ends the watches of the token and no others", async () => {
    const user = await userOf(server, { name: "watcher", role: "viewer" });
    const other = await userOf(server, { name: "other", role: "viewer" });
    const path = `${APPLICATIONS}?watch=true&allowWatchBookmarks=true`;
    const mine = await server.fetch(path, { headers: user.headers });
    using ending = new AbortSignalHolder();
    const theirs = await server.fetch(path, { headers: other.headers, signal: ending.signal });
    await ask(server, `${ACCESS}/watcher`, { method: "DELETE" });
    await mine.text();
    await ask(server, APPLICATIONS, { body: application("after-revocation") });
    const reader = theirs.body?.getReader();
    let seen = "";
    while (!seen.includes("after-revocation")) {
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
      assert.ok(!done, "the other watch goes on");
      seen += Buffer.from(value ?? []).toString();
    }
  });

  test("access - a replaced admin-token ends the watches of the old one", async () => {
    await using own = await startAdminServer();
    const watch = await own.fetch(`${APPLICATIONS}?watch=true`);
    await writeFile(join(own.directory, "admin-token"), "another-token-of-mine\n", { mode: 0o600 });
    await watch.text();
    assert.equal((await ask(own, "/version")).status, 401);
  });

  test("access - a write whose body comes after the revocation of its token is not done", async () => {
    const user = await userOf(server, { name: "slow", role: "editor" });
    const body = JSON.stringify(application("too-late"));
    const socket = connect(server.port, "127.0.0.1");
    let answer = "";
    socket.on("data", (data) => (answer += data.toString()));
    socket.write(
      `POST ${APPLICATIONS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    );
    await eventually(async () => assert.ok((await find("slow"))?.lastUsedAt, "its head has come"));
    await ask(server, `${ACCESS}/slow`, { method: "DELETE" });
    socket.write(body.slice(10));
    await eventually(() => assert.ok(socket.closed || answer !== ""));
    socket.destroy();
    assert.ok(answer === "" || answer.startsWith("HTTP/1.1 401"), answer);
    assert.equal((await ask(server, `${APPLICATIONS}/too-late`)).status, 404);
  });

  test("access - tokens and their state outlast the server", async () => {
    const first = await startAdminServer();
    const user = await userOf(first, { name: "kept", role: "viewer" });
    const revoked = await userOf(first, { name: "revoked", role: "viewer" });
    await ask(first, `${ACCESS}/revoked`, { method: "DELETE" });
    await using again = await first.restarted();
    const status = async (headers: { authorization: string }) =>
      (await ask(again, "/version", { headers })).status;
    assert.equal(await status(user.headers), 200);
    assert.equal(await status(revoked.headers), 401);
  });

  test("access - no file of the data directory holds a token, and no record of the audit", async () => {
    let token = "";
    const writes = await recorded(2, async () => {
      ({ token } = await userOf(server, { name: "canary", role: "editor" }));
      await ask(server, `${SECRETS}/none`, {
        method: "DELETE",
        headers: { authorization: `Bearer ${token}` },
      });
    });
    assert.ok(!JSON.stringify(writes).includes(token.slice(12)));
    const files = await readdir(server.directory, { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile())) {
      const content = await readFile(join(file.parentPath, file.name));
      assert.equal(content.indexOf(token.slice(12)), -1, file.name);
    }
  });

  test("access - every change is recorded with the name of its user, also that of tokens", async () => {
    const writes = await recorded(6, async () => {
      const user = await userOf(server, { name: "writer", role: "editor" });
      await user.ask(SECRETS, { body: secret("by-writer", { stringData: { a: "b" } }) });
      const viewer = await userOf(server, { name: "reader", role: "viewer" });
      await viewer.ask(SECRETS, { body: secret("by-reader") });
      await viewer.ask(ACCESS, { body: { name: "mine", role: "admin" } });
      await ask(server, `${ACCESS}/writer`, { method: "DELETE" });
    });
    assert.deepEqual(
      writes.map(({ user, verb, resource, name, code }) => [user, verb, resource, name, code].join(" ")),
      [
        "admin create accesstokens.appconn.dev writer 201",
        "writer create secrets by-writer 201",
        "admin create accesstokens.appconn.dev reader 201",
        "reader create secrets  403",
        "reader create accesstokens.appconn.dev  403",
        "admin delete accesstokens.appconn.dev writer 200",
      ],
    );
  });

  test("access - only administrators see, make and revoke tokens", async () => {
    const limited = { applications: ["shop"] };
    for (const [name, role, more] of [
      ["e", "editor", {}],
      ["v", "viewer", {}],
      ["le", "editor", limited],
      ["lv", "viewer", limited],
    ] as const) {
      const user = await userOf(server, { name: `no-${name}`, role, ...more });
      for (const [path, method] of [
        [ACCESS, "GET"],
        [ACCESS, "HEAD"],
        [`${ACCESS}/`, "GET"],
        [ACCESS, "POST"],
        [`${ACCESS}/first`, "DELETE"],
        [`/v1/%61ccess/tokens`, "GET"],
      ] as const) {
        const body = method === "POST" ? { body: { name: `made-by-${name}`, role: "admin" } } : {};
        const { status } = await user.ask(path, { method, ...body });
        assert.equal(status, 403, `${name} ${method} ${path}`);
      }
    }
    assert.deepEqual(
      (await listed()).filter(({ name }) => name.startsWith("made-by")),
      [],
    );
    const admin = await userOf(server, { name: "second-admin", role: "admin" });
    assert.equal((await admin.ask(ACCESS)).status, 200);
  });
});

/** Ends a request that the test does not read to its end. */
class AbortSignalHolder implements Disposable {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#controller.abort();
  }
}
