import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, suite, test } from "node:test";
import { adminWritten, type AdminWrite } from "../../../src/telemetry/channels.ts";
import { adminAuditLine } from "../../../src/telemetry/audit-line.ts";
import { ACCESS } from "../../doubles/access.ts";
import { APPLICATIONS, application, ask, SECRETS, secret } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { eventually } from "../../doubles/eventually.ts";

const APPLICATION_RESOURCE = "applications.applicationconnector.kyma-project.io";

/** The verb, namespace, name and status of each. */
function outcomes(writes: readonly AdminWrite[]): string[] {
  return writes.map(
    ({ verb, namespace, name, code }) => `${verb} ${namespace ?? "-"} ${name ?? "-"} ${code}`,
  );
}

suite("admin audit", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  /** What is published while `action` runs: exactly `count` writes. */
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

  test("audit - every write is published with its outcome, refused ones too, reads are not", async () => {
    const writes = await recorded(4, async () => {
      await ask(server, APPLICATIONS, { body: application("audited") });
      await ask(server, APPLICATIONS);
      await ask(server, `${SECRETS}/nobody`, { method: "DELETE" });
      await ask(server, APPLICATIONS, { body: application("audited"), headers: { authorization: "" } });
      await ask(server, `${APPLICATIONS}/audited`, { method: "PUT", body: "x".repeat(3_200_000) });
    });
    assert.deepEqual(outcomes(writes), [
      "create - audited 201",
      "delete default nobody 404",
      "create - - 401",
      "update - audited 413",
    ]);
    const [created, removed, anonymous] = writes;
    assert.deepEqual(
      [created?.user, created?.resource, created?.peer],
      ["admin", APPLICATION_RESOURCE, "127.0.0.1"],
    );
    assert.equal(removed?.resource, "secrets");
    assert.equal(anonymous?.user, "system:anonymous");
  });

  test("audit - a creation is recorded with the name of its body, or the one that was generated", async () => {
    let generated = "";
    const writes = await recorded(6, async () => {
      const { body } = await ask(server, SECRETS, {
        body: { ...secret(""), metadata: { generateName: "made-" } },
      });
      generated = body.metadata["name"] ?? "";
      await ask(server, SECRETS, { body: secret("taken") });
      await ask(server, SECRETS, { body: secret("taken") });
      await ask(server, SECRETS, { body: secret("Not A Name") });
      await ask(server, SECRETS, { body: "{}}" });
      await ask(server, SECRETS, { body: { ...secret(""), metadata: { name: 7 } } });
    });
    assert.match(generated, /^made-[a-z0-9]{5}$/);
    assert.deepEqual(outcomes(writes), [
      `create default ${generated} 201`,
      "create default taken 201",
      "create default taken 409",
      "create default Not A Name 422",
      "create default - 400",
      "create default - 400",
    ]);
  });

  test("audit - of an access token it is recorded what it is good for, also where it was refused", async () => {
    const body = { name: "audited", role: "editor", applications: ["shop", "pets"] };
    const writes = await recorded(3, async () => {
      await ask(server, ACCESS, { body });
      await ask(server, ACCESS, { body: { name: "audited", role: "admin" } });
      await ask(server, `${ACCESS}/audited`, { method: "DELETE" });
    });
    assert.deepEqual(
      writes.map(({ verb, name, code, role, applications }) => [verb, name, code, role, applications]),
      [
        ["create", "audited", 201, "editor", ["pets", "shop"]],
        ["create", "audited", 409, "admin", undefined],
        ["delete", "audited", 200, undefined, undefined],
      ],
    );
    const line = JSON.parse(adminAuditLine(writes[0] as AdminWrite, 0)) as Record<string, unknown>;
    assert.deepEqual([line["role"], line["applications"]], ["editor", ["pets", "shop"]]);
    assert.doesNotMatch(JSON.stringify(writes), /appconn_/);
  });

  test("audit - a refusal by authentication, impersonation, version or schema is recorded as what it was", async () => {
    await ask(server, APPLICATIONS, { body: application("refused") });
    const path = `${APPLICATIONS}/refused`;
    const writes = await recorded(5, async () => {
      await ask(server, path, { method: "DELETE", headers: { authorization: "Bearer wrong" } });
      await ask(server, path, { method: "DELETE", headers: { "impersonate-user": "root" } });
      const stale = application("refused", { metadata: { resourceVersion: "1" } });
      await ask(server, path, { method: "PUT", body: stale });
      await ask(server, path, { method: "PUT", body: application("refused") });
      await ask(server, "/api/v1/namespaces/kube-system", { method: "DELETE" });
    });
    assert.deepEqual(outcomes(writes), [
      "delete - refused 401",
      "delete - refused 403",
      "update - refused 409",
      "update - refused 422",
      "delete - kube-system 403",
    ]);
  });

  test("audit - what kubectl says of its command and session is recorded, cut short, and absent otherwise", async () => {
    const writes = await recorded(3, async () => {
      const remove = (headers: Record<string, string>) =>
        ask(server, `${SECRETS}/nobody`, { method: "DELETE", headers });
      await remove({ "Kubectl-Command": "kubectl delete", "Kubectl-Session": "8f6a7a60" });
      await remove({ "Kubectl-Command": "x".repeat(1000), "Kubectl-Session": "" });
      await remove({});
    });
    assert.deepEqual(
      writes.map(({ command, session }) => [command, session]),
      [
        ["kubectl delete", "8f6a7a60"],
        ["x".repeat(128), undefined],
        [undefined, undefined],
      ],
    );
  });

  test("audit - a dry run is recorded as one, whichever way it was asked for", async () => {
    await ask(server, APPLICATIONS, { body: application("dry") });
    const path = `${APPLICATIONS}/dry`;
    const { body } = await ask(server, path);
    const headers = { "content-type": "application/merge-patch+json" };
    const all = { dryRun: ["All"] };
    const writes = await recorded(7, async () => {
      await ask(server, `${APPLICATIONS}?dryRun=All`, { body: application("drier") });
      await ask(server, `${path}?dryRun=All`, { method: "PUT", body });
      await ask(server, `${path}?dryRun=All`, { method: "PATCH", body: {}, headers });
      await ask(server, path, { method: "DELETE", body: all });
      await ask(server, APPLICATIONS, { method: "DELETE", body: all });
      await ask(server, path, { method: "PATCH", body: {}, headers });
      await ask(server, path, { method: "DELETE" });
    });
    assert.deepEqual(
      writes.map(({ verb, code, dryRun }) => `${verb} ${code} ${dryRun}`),
      [
        "create 201 true",
        "update 200 true",
        "patch 200 true",
        "delete 200 true",
        "deletecollection 200 true",
        "patch 200 false",
        "delete 200 false",
      ],
    );
  });

  test("audit - a write whose caller hung up before the answer is recorded with what came of it", async () => {
    await ask(server, APPLICATIONS, { body: application("abandoned") });
    const [write] = await recorded(1, async () => {
      const socket = connect(server.port, "127.0.0.1");
      socket.write(
        `DELETE ${APPLICATIONS}/abandoned HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${server.token}\r\n\r\n`,
        () => socket.destroy(),
      );
      await eventually(async () => {
        assert.equal((await ask(server, `${APPLICATIONS}/abandoned`)).status, 404);
      });
    });
    assert.deepEqual([write?.verb, write?.name, write?.code], ["delete", "abandoned", 200]);
  });
});
