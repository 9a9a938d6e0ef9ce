import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { answersOk, startTarget } from "../doubles/target.ts";
import { appconnPath, startProgram } from "./appconn-process.ts";

let installation: ServedInstallation;

before(async () => {
  installation = await ServedInstallation.start();
});

after(() => installation[Symbol.asyncDispose]());

interface Entry {
  readonly targetUrl: string;
  readonly credentials?: unknown;
}

function service(displayName: string, { targetUrl, credentials }: Entry): unknown {
  const id = `id-${displayName.toLowerCase()}`;
  const entry = { type: "API", name: "v1", targetUrl, ...(credentials ? { credentials } : {}) };
  return { id, name: id, displayName, providerDisplayName: "p", description: "d", entries: [entry] };
}

function secret(name: string, data: Readonly<Record<string, string>>): unknown {
  const metadata = { name, namespace: "kyma-system" };
  return { apiVersion: "v1", kind: "Secret", metadata, stringData: data };
}

/** Waits until the gateway knows an Application, and all of its Secrets. */
async function known(name: string): Promise<void> {
  await eventually(async () => {
    const answer = await installation.health(`/v1/applications/${name}/services`);
    assert.equal(answer.status, 200);
    assert.equal((await answer.text()).includes("SecretNotFound"), false);
  });
}

interface Checked {
  readonly ok: boolean;
  readonly apis: readonly {
    readonly service: string;
    readonly steps: readonly { readonly step: string; readonly state: string }[];
  }[];
}

test("appconn check - goes through a call of each API, says which step fails, and ends with 1 where one does", async () => {
  await using provider = await startIdentityProvider({ clients: { me: "canary" } });
  await using target = await startTarget();
  const credentials = { type: "OAuth", secretName: "checked", authenticationUrl: provider.tokenUrl };
  const services = [service("Orders", { targetUrl: target.url, credentials })];
  await installation.apply(
    secret("checked", { clientId: "me", clientSecret: "wrong-canary" }),
    application("checked", { services }),
  );
  await known("checked");
  const refused = await installation.launchCommand(["check", "checked", "-o", "table"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /^Orders \(checked\/orders\/v1\)\n {2}name {6}ok /);
  assert.match(
    refused.stdout,
    / token {5}failed +\d+ ms {2}incorrect response code '401' while getting token/,
  );
  assert.match(refused.stdout, /→ Check clientId and clientSecret \(or key and crt\) in the Secret/);
  assert.match(refused.stderr, /1 of 1 APIs cannot be called as they should be/);
  assert.equal(refused.stdout.includes("canary"), false);

  await installation.apply(secret("checked", { clientId: "me", clientSecret: "canary" }));
  await eventually(async () => {
    const { code, stdout } = await installation.launchCommand(["check", "checked"]);
    assert.equal(code, 0);
    const { ok, apis } = JSON.parse(stdout) as Checked;
    assert.equal(ok, true);
    assert.deepEqual(apis[0]?.steps.at(-1)?.state, "ok");
  });
  assert.equal(target.last.method, "HEAD");

  const unknown = await installation.launchCommand(["check", "checked/bills"]);
  assert.deepEqual([unknown.code, unknown.stdout], [1, ""]);
  assert.match(unknown.stderr, /the application has no API of a service bills/);
  assert.match((await installation.launchCommand(["check", "nobody"])).stderr, /nobody not found/);
  assert.equal((await installation.launchCommand(["check", "checked/"])).code, 2);
  assert.equal(installation.output.includes("canary"), false);
});

test("appconn check - whoever breaks it off ends it at the server too", async () => {
  await using target = await startTarget(() => {});
  await installation.apply(
    application("hanging", { services: [service("Orders", { targetUrl: target.url })] }),
  );
  await known("hanging");
  const running = startProgram(
    [process.execPath, appconnPath, "check", "hanging", "--data-dir", installation.data],
    {
      env: {},
    },
  );
  await target.call(1);
  running.process.kill("SIGINT");
  await running.ended;
  await eventually(() => assert.equal(target.connections, 0));
});

test("services - 8081 and the admin API list how APIs are called and what is wrong, describe shows it, and both forms are served", async () => {
  await using target = await startTarget(answersOk);
  const credentials = { type: "Basic", secretName: "absent" };
  const services = [
    service("Orders API", { targetUrl: target.url }),
    service("Bills", { targetUrl: target.url, credentials }),
  ];
  await installation.apply(application("listed", { services }));
  const path = "/v1/applications/listed/services";
  const list = await eventually(async () => {
    const answer = await installation.health(path);
    assert.equal(answer.status, 200);
    return await answer.text();
  });
  assert.equal(await (await installation.admin("GET", path)).text(), list);
  const listed = JSON.parse(list) as {
    readonly services: readonly { readonly apis: readonly { readonly urls: string[] }[] }[];
  };
  const [urls] = listed.services.map(({ apis }) => apis[0]?.urls ?? []);
  assert.equal(urls?.length, 2);
  for (const url of urls) {
    // oxlint-disable-next-line no-await-in-loop -- one call after the other
    assert.equal((await fetch(`${url}x`)).status, 200, url);
  }
  const described = await installation.administer(["describe", "app/listed"]);
  for (const url of urls) assert.ok(described.includes(`${url}\n`), described);
  assert.match(described, /Cannot be called: +SecretNotFound: .*'absent' not found\. Create the Secret /);
  assert.equal((await installation.health("/v1/applications/nobody/services")).status, 404);
  assert.equal((await installation.admin("PUT", path)).status, 405);
  const get = await installation.admin("GET", "/v1/applications/listed/check");
  assert.deepEqual([get.status, get.headers.get("allow")], [405, "POST"]);
});

test("appconn check - editors of an Application may, its viewers and others may not; it stands in the audit record", async () => {
  await using target = await startTarget();
  await installation.apply(
    application("limited", { services: [service("Orders", { targetUrl: target.url })] }),
  );
  await known("limited");
  const created = async (name: string, ...words: readonly string[]) =>
    (await installation.administer(["access", "create", name, ...words, "-o", "token"])).trim();
  const editor = await created("their-editor", "--role", "editor", "--application", "limited");
  const viewer = await created("their-viewer", "--role", "viewer", "--application", "limited");
  const other = await created("other-editor", "--role", "editor", "--application", "else");
  const status = async (token: string, method: string, question: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await installation.admin(method, `/v1/applications/limited/${question}`, { headers });
    await answer.text();
    return answer.status;
  };
  const all: number[] = [];
  for (const token of [editor, viewer, other]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    all.push(await status(token, "POST", "check"), await status(token, "GET", "services"));
  }
  assert.deepEqual(all, [200, 200, 403, 200, 403, 403]);
  const path = "/v1/applications/limited/check";
  await eventually(() => {
    const audited = installation.records().filter(({ resource }) => resource === path);
    assert.deepEqual(
      audited.map(({ user, code }) => [user, code]),
      [
        ["their-editor", 200],
        ["their-viewer", 403],
        ["other-editor", 403],
      ],
    );
  });
});
