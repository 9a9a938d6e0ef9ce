import { suite, test, before, after } from "node:test";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { curl, type CurlAnswer } from "../doubles/external-system.ts";
import { S3Server } from "../doubles/s3-server.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { findBinary } from "../tools/binary.ts";
import { appconn } from "./appconn-process.ts";

const { skip } = findBinary("versitygw");

const SPEC = '{"openapi":"3.0.0","info":{"title":"Orders","version":"1"},"paths":{"/orders":{"get":{}}}}';

/** What becomes of documents when a bucket takes the place of the data directory. */
suite("documents in S3", { skip }, () => {
  let storage: S3Server;
  let served: ServedInstallation;
  let identity: readonly string[];

  before(async () => {
    storage = await S3Server.start();
    served = await ServedInstallation.start();
    await served.apply(application("shop"));
    const link = (await served.administer(["token", "create", "shop"])).trim();
    const out = join(served.path, "shop");
    const { code, stderr } = await appconn(["connect", link, "--out", out]);
    equal(code, 0, stderr);
    identity = ["--cert", join(out, "client.crt"), "--key", join(out, "client.key")];
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const settings = (different: Readonly<Record<string, string>> = {}) => {
    const { bucket, endpoint, accessKeyId, secretAccessKeyFile } = storage.options();
    const given = {
      bucket,
      endpoint,
      prefix: "connector/",
      "access-key-id": accessKeyId,
      "secret-access-key-file": secretAccessKeyFile,
      ...different,
    };
    return Object.entries(given).map(([name, value]) => `--documents-s3-${name}=${value}`);
  };

  function services(path: string, ...words: readonly string[]): Promise<CurlAnswer> {
    const url = new URL(`/shop/v1/metadata/services${path}`, served.gateway);
    url.hostname = "gateway.localhost";
    return curl(served, ...identity, ...words, url.href);
  }

  function register(name: string, spec = JSON.parse(SPEC) as unknown): Promise<CurlAnswer> {
    const service = {
      provider: "Acme",
      name,
      description: name,
      api: { targetUrl: "http://orders.example", spec },
    };
    const file = join(served.path, "service.json");
    writeFileSync(file, JSON.stringify(service));
    return services("", "-X", "POST", "-d", `@${file}`);
  }

  const specOf = ({ body }: CurlAnswer) => (JSON.parse(body) as { api: { spec: unknown } }).api.spec;

  test("documents in S3 - contents of the data directory are copied at the start, and may go afterwards", async () => {
    const large = { ...(JSON.parse(SPEC) as object), "x-large": "x".repeat(1_200_000) };
    const sent = [await register("small"), await register("large", large)];
    const [small, huge] = sent.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    await served.stop();
    const local = ["blobs", "blobs.db"].map((name) => join(served.data, name));
    await served.start(settings());
    match(served.output, /contents of documents are being copied to the bucket/);
    match(served.output, /contents of documents were copied to the bucket/);
    deepEqual(specOf(await services(`/${small}`)), JSON.parse(SPEC));
    deepEqual(specOf(await services(`/${huge}`)), large);
    deepEqual(local.map(existsSync), [true, true], "nothing is removed");
    await served.stop();
    const { length } = served.output;
    for (const path of local) rmSync(path, { recursive: true });
    await served.start(settings());
    equal(served.output.slice(length).includes("copied to the bucket"), false);
    deepEqual(specOf(await services(`/${small}`)), JSON.parse(SPEC));
    deepEqual(specOf(await services(`/${huge}`)), large);
  });

  test("documents in S3 - a service's documents are in the bucket alone, and outlive a restart", async () => {
    const registered = await register("orders");
    equal(registered.status, 200, registered.body);
    const { id } = JSON.parse(registered.body) as { id: string };
    deepEqual(specOf(await services(`/${id}`)), JSON.parse(SPEC));
    const keys = storage.keys();
    ok(keys.length > 0);
    for (const key of keys) match(key, /^connector\/[0-9a-f]{64}$/);
    deepEqual(readdirSync(join(served.data, "blobs")), ["incoming"]);
    equal((await served.stop()).code, 0);
    await served.start(settings());
    deepEqual(specOf(await services(`/${id}`)), JSON.parse(SPEC));
    match(await served.administer(["api", "docs", "shop/orders"]), /Orders/);
  });

  test("documents in S3 - what cannot be kept is no service, and all goes on when the storage is back", async () => {
    // Of its own: a content that was registered or read since the start may still be at hand.
    const own = { ...(JSON.parse(SPEC) as object), "x-own": true };
    const { body } = await register("before", own);
    const { id } = JSON.parse(body) as { id: string };
    await served.stop();
    await served.start(settings());
    await storage.down();
    const refused = await register("during");
    const unread = await services(`/${id}`);
    await storage.up();
    equal(refused.status, 503);
    match(
      refused.body,
      /"Creating service failed, the documents cannot be read or written: S3 cannot be reached: /,
    );
    equal(unread.status, 502);
    match(unread.body, /"Reading specs failed, .* S3 cannot be reached: /);
    equal(`${refused.body}${unread.body}`.includes("127.0.0.1"), false, "callers see no address");
    equal((await register("during")).status, 200);
    deepEqual(specOf(await services(`/${id}`)), own);
  });

  test("documents in S3 - the secret is in no output, no file of ours and no list of processes", () => {
    const { secret } = storage;
    const words = served.running.process.spawnargs.join(" ");
    const files = readdirSync(served.data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    for (const text of [words, served.output, ...files]) equal(text.includes(secret), false);
    match(served.output, /\S/);
  });

  test("documents in S3 - a start says what of the storage cannot be used, and where", async () => {
    await served.stop();
    const wrong = join(served.path, "wrong-secret");
    writeFileSync(wrong, "not-the-secret\n");
    const said = async (different: Readonly<Record<string, string>>) => {
      const { code, stderr } = await served.launch(settings(different)).ended;
      equal(code, 1, stderr);
      equal(stderr.includes("not-the-secret"), false);
      return stderr;
    };
    match(
      await said({ bucket: "others" }),
      /at http:\S+, bucket "others": S3 has no such bucket \(NoSuchBucket\): create it/,
    );
    match(
      await said({ "secret-access-key-file": wrong }),
      /does not accept the access key \(SignatureDoesNotMatch\)/,
    );
    match(
      await said({ "secret-access-key-file": "/nowhere" }),
      /secretAccessKeyFile .* there is no such file/,
    );
    match(
      await said({ endpoint: "http://127.0.0.1:1" }),
      /at http:\/\/127.0.0.1:1, bucket "documents": S3 cannot be reached: connection refused/,
    );
    match(await said({ bucket: "" }), /documents\.s3\.bucket cannot be used: it is empty/);
  });
});
