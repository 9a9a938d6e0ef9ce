import { test, type TestContext } from "node:test";
import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/core/clock.ts";
import type { BlobStore } from "../../../src/stores/blob-store.ts";
import { usesS3 } from "../../../src/stores/s3/check-options.ts";
import type { S3Options } from "../../../src/stores/s3/options.ts";
import { openS3BlobStore } from "../../../src/stores/s3/s3-blob-store.ts";
import type { S3Connection } from "../../../src/stores/s3/s3-client.ts";
import { inPieces } from "../../contract/blobs/subject.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { collected } from "../../doubles/collected.ts";
import { HostileStorage } from "../../doubles/hostile-storage.ts";
import { startProxy } from "../../doubles/proxy.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const CONTENT = Buffer.from("abc");
/** Of FIPS 180-4, appendix B.1. */
const HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const SECRET = "the secret's file";

interface Different {
  readonly options?: Partial<S3Options>;
  readonly connection?: Partial<S3Connection>;
}

const OPTIONS: S3Options = {
  bucket: "documents",
  prefix: "",
  endpoint: "http://storage.example",
  region: "eu-central-1",
  pathStyle: true,
  accessKeyId: "key",
  secretAccessKeyFile: SECRET,
  timeout: 30_000,
};

function open(directory: string, { options, connection }: Different): Promise<BlobStore> {
  const secretAccessKeyFile = join(directory, SECRET);
  writeFileSync(secretAccessKeyFile, "secret\n");
  return openS3BlobStore({
    options: { ...OPTIONS, secretAccessKeyFile, ...options },
    connection: { authorities: "default", proxy: undefined, connectTimeout: 10_000, ...connection },
    directory,
    clock: systemClock,
    random: () => 0,
  });
}

/** For the rest of the test. */
function setEnvironment(context: TestContext, variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    const set = (text: string | undefined) => {
      if (text === undefined) delete process.env[name];
      else process.env[name] = text;
    };
    set(value);
    context.after(() => set(before));
  }
}

test("S3 blob store - an object has the hash as its name, behind the prefix, and is signed with it", async () => {
  using directory = new TemporaryDirectory();
  await using storage = await HostileStorage.start();
  await using store = await open(directory.path, { options: { endpoint: storage.endpoint, prefix: "a/b-" } });
  const headers: unknown[] = [];
  storage.mischief = ({ method, request }) => {
    const { authorization = "", "x-amz-content-sha256": hash, expect } = request.headers;
    const signed = /Credential=key\/\d{8}\/eu-central-1\/s3\/aws4_request.*x-amz-content-sha256/.test(
      authorization,
    );
    if (method === "PUT") headers.push({ hash, signed, expect });
    return false;
  };
  await store.put(CONTENT);
  await store.put(inPieces(CONTENT, 2));
  const expected = { hash: HASH, signed: true, expect: undefined };
  deepEqual(headers, [expected, expected]);
  equal(storage.keys.includes(`a/b-${HASH}`), true);
  storage.replace(HASH, CONTENT);
  const found = (await collected(store.list())).filter(({ hash }) => hash === HASH);
  equal(found.length, 1, "what is not behind the prefix is not ours");
});

test("S3 blob store - what was on its way when the process was killed is gone after opening", async () => {
  using directory = new TemporaryDirectory();
  await using storage = await HostileStorage.start();
  const incoming = join(directory.path, "blobs", "incoming");
  mkdirSync(join(incoming, "deep"), { recursive: true });
  writeFileSync(join(incoming, "half"), "ab");
  await using _store = await open(directory.path, { options: { endpoint: storage.endpoint } });
  deepEqual(readdirSync(incoming), []);
});

test("S3 blob store - over TLS only a storage whose authority is trusted is spoken to", async () => {
  using directory = new TemporaryDirectory();
  const authority = await TestAuthority.create();
  await using storage = await HostileStorage.start(await authority.server());
  const options = { endpoint: storage.endpoint };
  await rejects(open(directory.path, { options }), {
    code: "BLOB_STORE_UNAVAILABLE",
    message: /S3 cannot be reached: unable to verify the first certificate/,
  });
  deepEqual(storage.calls, []);
  const connection = { authorities: [authority.crt] };
  await using store = await open(directory.path, { options, connection });
  await store.put(CONTENT);
  deepEqual(await store.get(HASH), CONTENT);
});

test("S3 blob store - a bucket may stand in the host name, and a proxy on the way", async () => {
  using directory = new TemporaryDirectory();
  await using proxy = await HostileStorage.start();
  const urls: string[] = [];
  proxy.mischief = ({ request, response }) => {
    urls.push(`${request.method} ${request.url} for ${request.headers.host}`);
    response.writeHead(403).end();
    return true;
  };
  const opening = open(directory.path, {
    options: { endpoint: "http://storage.example:9000", pathStyle: false },
    connection: { proxy: { HTTP_PROXY: proxy.endpoint } },
  });
  await rejects(opening, {
    message: /at http:\/\/storage\.example:9000, bucket "documents": S3 refuses access/,
  });
  match(
    urls.join("\n"),
    /^PUT http:\/\/documents\.storage\.example:9000\/[0-9a-f]{64}\S* for documents\.storage\.example:9000$/,
  );
});

test("S3 blob store - a proxy on the way to a storage with TLS sees neither key nor content", async () => {
  using directory = new TemporaryDirectory();
  const authority = await TestAuthority.create();
  await using storage = await HostileStorage.start(await authority.server("storage.example"));
  await using proxy = await startProxy(Number(new URL(storage.endpoint).port));
  await using store = await open(directory.path, {
    options: { endpoint: "https://storage.example:9000" },
    connection: { authorities: [authority.crt], proxy: { HTTPS_PROXY: proxy.url } },
  });
  await store.put(CONTENT);
  deepEqual(await store.get(HASH), CONTENT);
  for (const asked of proxy.asked) match(asked, /^CONNECT storage\.example:9000 /);
  equal(proxy.asked.join("\n").includes("Credential"), false);
});

test("S3 blob store - without keys in the settings those of the environment are used, and none is a failure", async (t) => {
  using directory = new TemporaryDirectory();
  await using storage = await HostileStorage.start();
  const options = { endpoint: storage.endpoint, accessKeyId: "", secretAccessKeyFile: "" };
  const nothing = { HOME: "/nonexistent", AWS_PROFILE: undefined, AWS_EC2_METADATA_DISABLED: "true" };
  setEnvironment(t, { ...nothing, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
  await rejects(open(directory.path, { options }), {
    code: "BLOB_STORE_UNAVAILABLE",
    message: /needs an access key, and none was found: set documents\.s3\.accessKeyId/,
  });
  deepEqual(storage.calls, []);
  setEnvironment(t, { AWS_ACCESS_KEY_ID: "from-environment", AWS_SECRET_ACCESS_KEY: "s" });
  let authorization = "";
  storage.mischief = ({ request }) => {
    authorization = request.headers.authorization ?? "";
    return false;
  };
  await using _store = await open(directory.path, { options });
  match(authorization, /Credential=from-environment\//);
});

test("S3 blob store - a secret that cannot be read, or is none, is refused without being shown", async () => {
  using directory = new TemporaryDirectory();
  const secretAccessKeyFile = join(directory.path, "other");
  const refused = (reason: RegExp) =>
    rejects(
      open(directory.path, { options: { secretAccessKeyFile } }),
      (error: Error & { code?: string }) => {
        equal(error.code, "BLOB_STORE_SETTING");
        match(error.message, reason);
        return !error.message.includes("geheim");
      },
    );
  await refused(/documents\.s3\.secretAccessKeyFile cannot be used: .*other: there is no such file/);
  for (const text of ["", "\n", "geheim geheim", "key: geheim\nsecret: geheim", "geheim\u0000"]) {
    writeFileSync(secretAccessKeyFile, text);
    // oxlint-disable-next-line no-await-in-loop -- one file
    await refused(/other: it does not hold one secret and nothing else/);
  }
});

test("S3 blob store - settings that cannot be meant so are refused by name", () => {
  const nothing: S3Options = {
    ...OPTIONS,
    bucket: "",
    endpoint: "",
    accessKeyId: "",
    secretAccessKeyFile: "",
  };
  equal(usesS3(nothing), false);
  equal(usesS3(OPTIONS), true);
  equal(usesS3({ ...OPTIONS, endpoint: "", prefix: "documents/" }), true);
  const wrong: readonly [string, Partial<S3Options>][] = [
    ["bucket", { bucket: "" }],
    ["bucket", { bucket: "a/b" }],
    ["bucket", { bucket: "..", prefix: "" }],
    ["region", { region: "" }],
    ["region", { region: "eu/../" }],
    ["endpoint", { endpoint: "storage.example" }],
    ["endpoint", { endpoint: "ftp://storage.example" }],
    ["endpoint", { endpoint: "http://geheim:geheim@storage.example" }],
    ["endpoint", { endpoint: "http://storage.example/documents" }],
    ["endpoint", { endpoint: "http://storage.example?a" }],
    ["prefix", { prefix: "/documents" }],
    ["prefix", { prefix: "a//b" }],
    ["prefix", { prefix: "a/../b" }],
    ["prefix", { prefix: "../" }],
    ["prefix", { prefix: "a b" }],
    ["accessKeyId and secretAccessKeyFile", { accessKeyId: "" }],
    ["accessKeyId and secretAccessKeyFile", { secretAccessKeyFile: "" }],
    ["timeout", { timeout: 0 }],
  ];
  for (const [setting, options] of wrong) {
    const message = (error: Error) => {
      match(
        error.message,
        new RegExp(
          `^documents\\.s3\\.${setting} cannot be used: it |^documents\\.s3\\.${setting} cannot be used: each`,
        ),
      );
      return !error.message.includes("geheim");
    };
    throws(() => usesS3({ ...OPTIONS, ...options }), message, JSON.stringify(options));
  }
});
