import { after, before, suite, test } from "node:test";
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../doubles/eventually.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { findBinary } from "../tools/binary.ts";
import { run, type Ran } from "../tools/run.ts";
import { appconn } from "./appconn-process.ts";

const binary = findBinary("kubectl");

/** Stands in whatever must not be told. */
const CANARY = "canary-5d41402abc4b2a76";

suite("events", { skip: binary.skip }, () => {
  let installation: ServedInstallation;
  /** By who uses it. */
  const tokens = new Map<string, string>();

  before(async () => {
    installation = await ServedInstallation.start();
    await installation.apply(application("shop"), application("books"));
    for (const name of ["shop", "books"]) {
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await giveToken(name, `--role viewer --application ${name}`);
      // eslint-disable-next-line no-await-in-loop
      await giveToken(`${name}-nightly`, `--role editor --application ${name}`);
      // eslint-disable-next-line no-await-in-loop
      equal((await asOwner(`access revoke ${name}-nightly`)).code, 0);
    }
  });
  after(() => installation[Symbol.asyncDispose]());

  const fileOf = (name: string) => join(installation.path, `${name}.kubeconfig`);
  const asOwner = (words: string) => appconn([...words.split(" "), "--data-dir", installation.data]);

  async function giveToken(name: string, rights: string): Promise<void> {
    const { stdout, stderr, code } = await asOwner(`access create ${name} ${rights} -o kubeconfig`);
    equal(code, 0, stderr);
    writeFileSync(fileOf(name), stdout, { mode: 0o600 });
    const { users } = JSON.parse(stdout) as { users: { user: { token: string } }[] };
    tokens.set(name, users[0]?.user.token ?? "");
  }

  function kubectl(words: string, kubeconfig = installation.kubeconfig): Promise<Ran> {
    const env = { KUBECONFIG: kubeconfig, HOME: installation.path };
    return run(binary.path ?? "", words.split(" "), { env, directory: installation.path });
  }

  async function shows(expected: RegExp, words: string, kubeconfig?: string): Promise<string> {
    return await eventually(async () => {
      const { output, code } = await kubectl(words, kubeconfig);
      equal(code, 0, output);
      match(output, expected);
      return output;
    });
  }

  const REFUSED = 'somebody still uses the access token "shop-nightly", which was revoked';

  test("events - what is refused is shown by kubectl describe, events and get events", async () => {
    for (const name of ["shop", "books"]) {
      // eslint-disable-next-line no-await-in-loop -- one after the other
      const { code, output } = await kubectl("get app", fileOf(`${name}-nightly`));
      equal(code, 1);
      match(output, /You must be logged in to the server/);
    }
    const described = await shows(
      new RegExp(`Warning +AccessTokenRefused .* admin +${REFUSED}`),
      "describe app shop",
    );
    doesNotMatch(described, /books/);
    const listed = await shows(/AccessTokenRefused +Application\/shop/, "events --for application/shop");
    doesNotMatch(listed, /books/);
    const found = await shows(
      new RegExp(`Warning +AccessTokenRefused +application/shop +${REFUSED}`),
      "get events --field-selector involvedObject.name=shop",
    );
    equal(found.trim().split("\n").length, 2);
    await shows(/NAMESPACE +LAST SEEN +TYPE +REASON +OBJECT +SUBOBJECT +SOURCE/, "get ev -A -o wide");
    await shows(/FIELD: involvedObject <Object>/, "explain event.involvedObject");
  });

  test("events - appconn describe shows them too", async () => {
    const { stdout, code } = await asOwner("describe application shop");
    equal(code, 0);
    match(stdout, new RegExp(`Warning AccessTokenRefused: +\\S+ (\\(x\\d+ over \\S+\\) )?${REFUSED}`));
  });

  test("events - a limited caller sees those of his Application, and describes it like anybody", async () => {
    await shows(new RegExp(REFUSED), "describe app shop", fileOf("shop"));
    const listed = await shows(/application\/shop/, "get events -A", fileOf("shop"));
    doesNotMatch(listed, /books|namespace/);
    const watched = await kubectl("get events -A -w --request-timeout=1s", fileOf("shop"));
    match(watched.output, /application\/shop/);
    doesNotMatch(watched.output, /books/);
    const { code, output } = await kubectl("delete events --all", fileOf("shop"));
    equal(code, 1);
    match(output, /cannot delete resource "events"/);
  });

  test("events - after a restart they are there, and what is seen again is counted on", async () => {
    const shown = async () => {
      const words = "get events --field-selector involvedObject.name=shop -o json";
      const { items } = JSON.parse((await kubectl(words)).output) as { items: { count: number }[] };
      return items.map(({ count }) => count);
    };
    const [first = 0, ...others] = await shown();
    deepEqual(others, []);
    const { port: former } = installation.address("admin API");
    await installation.stop();
    await installation.start();
    const { port } = installation.address("admin API");
    for (const name of tokens.keys()) {
      // It listens on another port now.
      const file = readFileSync(fileOf(name), "utf8");
      writeFileSync(fileOf(name), file.replace(`:${former}`, `:${port}`));
    }
    const [kept = 0] = await shown();
    ok(kept >= first);
    // The token was revoked before the start, and nobody knows whose it was.
    equal((await kubectl("get app", fileOf("shop-nightly"))).code, 1);
    await shows(/UnknownTokenRefused +namespace\/default/, "get events");
  });

  test("events - calls that fail for what is wrong with an API are told to its Application", async () => {
    const type = "OAuth";
    const nobody = "http://127.0.0.1:9";
    const authenticationUrl = `${nobody}/token`;
    const entries = [
      { type: "API", targetUrl: `${nobody}/?key=${CANARY}` },
      { type: "API", targetUrl: nobody, credentials: { type, secretName: "canary", authenticationUrl } },
    ];
    const services = entries.map((entry, index) => service(`api-${index}`, entry));
    await installation.apply(application("broken", { services }), {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "canary", namespace: "kyma-system" },
      stringData: { clientId: "client", clientSecret: CANARY },
    });
    const { origin } = installation.address("gateway");
    for (const index of entries.keys()) {
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await eventually(async () => {
        const { status } = await fetch(`${origin}/broken/api-${index}/orders?secret=${CANARY}`, {
          headers: { "x-secret": CANARY },
        });
        equal(status, 502);
      });
    }
    await shows(/TargetNotReached .*gateway +api-0: the call to the target failed: /, "describe app broken");
    await shows(
      /CredentialNotObtained .*gateway +api-1: failed to make a request to /,
      "describe app broken",
    );
  });

  test("events - no token is in any of them, nor anything else that was sent", async () => {
    const { output } = await kubectl("get events -A -o json");
    match(output, /AccessTokenRefused[^]*CredentialNotObtained/);
    ok(!output.includes(CANARY));
    ok(!output.includes(Buffer.from(CANARY).toString("base64")));
    for (const token of tokens.values()) {
      ok(token.startsWith("appconn_"));
      ok(!output.includes(token.slice(12)));
    }
  });

  test("events - metrics count what was noticed and what was written", async () => {
    const text = await installation.metrics();
    match(text, /^appconn_notices_total\{type="Warning",reason="UnknownTokenRefused"\} \d+$/m);
    match(text, /^appconn_events_total\{result="written"\} \d+$/m);
    match(text, /^appconn_admin_tokens_refused_total\{reason="unknown"\} \d+$/m);
  });
});

function service(name: string, entry: object): object {
  const texts = { displayName: name, providerDisplayName: "p", description: "d" };
  return { id: name, name, ...texts, entries: [entry] };
}
