import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { pair, send } from "../doubles/external-system.ts";
import { ServedInstallation, tokenRequest } from "../doubles/served-installation.ts";
import { findBinary } from "../tools/binary.ts";
import { run } from "../tools/run.ts";

interface Status {
  readonly state?: string;
  readonly url?: string;
  readonly token?: string;
  readonly application?: string;
  readonly expireAfter?: string;
}

const PATH = "/apis/applicationconnector.kyma-project.io/v1alpha1/namespaces";

/** undefined where there is no such object. */
async function statusOf(
  served: ServedInstallation,
  name: string,
  namespace = "default",
): Promise<Status | undefined> {
  const answer = await served.admin("GET", `${PATH}/${namespace}/tokenrequests/${name}`);
  if (answer.status === 404) return undefined;
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { status?: Status }).status ?? {};
}

/** As the original's tests wait for it. */
function answered(served: ServedInstallation, name: string, namespace?: string): Promise<Status> {
  return eventually(async () => {
    const status = await statusOf(served, name, namespace);
    assert.equal(status?.state, "OK");
    assert.ok(status.url);
    return status;
  });
}

const gone = (served: ServedInstallation, name: string) =>
  eventually(async () => assert.equal(await statusOf(served, name), undefined), { timeout: 30_000 });

const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

test("token request - one that is applied is answered with a link by which an Application is paired", async () => {
  await using served = await ServedInstallation.start();
  await served.apply(tokenRequest("shop"));
  const { url = "", token = "", application, expireAfter = "" } = await answered(served, "shop");
  assert.equal(application, "shop");
  assert.equal(url, `${served.pairing.origin}/v1/applications/signingRequests/info?token=${token}`);
  assert.match(expireAfter, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const left = Date.parse(expireAfter) - Date.now();
  assert.ok(left > 200_000 && left <= 300_000, `${left}`);
  const identity = await pair(served, "shop", { link: url });
  const info = new URL("/v1/applications/management/info", served.gateway);
  const { text } = await send(served, info, { identity });
  assert.match(text, /"clientIdentity":\{"application":"shop"\}/);
  // Whoever applies it again must delete it before.
  await served.apply(tokenRequest("shop"));
  assert.equal((await statusOf(served, "shop"))?.token, token);
  await served.administer(["delete", "tokenrequest", "shop"]);
  await served.apply(tokenRequest("shop"));
  assert.notEqual((await answered(served, "shop")).token, token);
});

test(
  "token request - kubectl creates it, waits for its state and reads its url",
  { skip: findBinary("kubectl").skip },
  async () => {
    await using served = await ServedInstallation.start();
    const common = ["--kubeconfig", served.kubeconfig, "--cache-dir", join(served.path, "cache")];
    const kubectl = async (words: readonly string[], input = "") => {
      const { code, output } = await run(findBinary("kubectl").path ?? "", [...common, ...words], { input });
      assert.equal(code, 0, output);
      return output;
    };
    await kubectl(["apply", "-f", "-"], JSON.stringify(tokenRequest("shop")));
    await kubectl(["wait", "tokenrequest/shop", "--for=jsonpath={.status.state}=OK", "--timeout=5s"]);
    const url = await kubectl(["get", "tokenrequest", "shop", "-o", "jsonpath={.status.url}"]);
    await pair(served, "shop", { link: url });
    assert.match(await kubectl(["get", "tokenrequests", "-A"]), /shop/);
    assert.match(await kubectl(["delete", "tokenrequest", "shop"]), /deleted/);
  },
);

test("token request - it is deleted when its token has ended, also when the server was down meanwhile", async () => {
  await using served = await ServedInstallation.start(["--tokenTTL=1"]);
  await served.apply(tokenRequest("shop"));
  const { url = "", expireAfter: first = "" } = await answered(served, "shop");
  await gone(served, "shop");
  // The object says a whole second; the token may live for the rest of it.
  await eventually(() => assert.ok(Date.now() > Date.parse(first) + 1000));
  const refused = await send(served, url);
  assert.deepEqual([refused.status, refused.text], [403, '{"code":403,"error":"Invalid token."}\n']);
  await served.stop();
  await served.start(["--tokenTTL=2"]);
  await served.apply(tokenRequest("shop"));
  const { expireAfter = "" } = await answered(served, "shop");
  await served.stop("SIGKILL");
  await eventually(() => assert.ok(Date.now() > Date.parse(expireAfter)));
  await served.start();
  await gone(served, "shop");
});

test("token request - what cannot be answered gets the state Error, and its reason in the log", async () => {
  await using served = await ServedInstallation.start();
  const tooLong = "a".repeat(65);
  await served.apply(tokenRequest(tooLong));
  await eventually(async () =>
    assert.deepEqual(await statusOf(served, tooLong), { state: "Error", application: tooLong }),
  );
  await eventually(() => assert.match(served.output, /a TokenRequest is refused/));
  await served.apply(tokenRequest("shop"));
  await answered(served, "shop");
});

test("token request - in central mode tenant and group are needed, and stand in the certificate", async () => {
  await using served = await ServedInstallation.start([
    "--central",
    "--connector-token-requests-sync-period=1s",
  ]);
  await served.apply(tokenRequest("shop"), tokenRequest("crm", { context: { tenant: "t1", group: "g1" } }));
  await eventually(async () => assert.equal((await statusOf(served, "shop"))?.state, "Error"));
  await answered(served, "crm");
  await served.apply(tokenRequest("shop", { context: { tenant: "t2", group: "g2" } }));
  const { url = "" } = await answered(served, "shop");
  const { text } = await send(served, url);
  assert.match(text, /"subject":"O=t2,OU=g2,L=Waldorf,ST=Waldorf,C=DE,CN=shop"/);
});

test("token request - only those of the namespaces that are named are answered", async () => {
  await using served = await ServedInstallation.start([
    "--connector-token-requests-namespaces=pairing,other",
  ]);
  await served.apply(namespace("pairing"), namespace("elsewhere"));
  await served.apply(
    tokenRequest("shop", { namespace: "elsewhere" }),
    tokenRequest("shop", { namespace: "pairing" }),
  );
  await answered(served, "shop", "pairing");
  await eventually(async () =>
    assert.deepEqual(await statusOf(served, "shop", "elsewhere"), { state: "Error", application: "shop" }),
  );
  assert.match(served.output, /its namespace is not in connector\.tokenRequests\.namespaces/);
});

test("token request - none is answered where that is turned off", async () => {
  await using served = await ServedInstallation.start(["--connector-token-requests-enabled=false"]);
  await served.apply(tokenRequest("shop"));
  await served.stop();
  // A server that answers them finds it as it was left.
  assert.doesNotMatch(served.output, /TokenRequest/);
  await served.start();
  await answered(served, "shop");
});
