import { test } from "node:test";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { writeFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import type { Clock } from "../../src/core/clock.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { BlobStore } from "../../src/stores/blob-store.ts";
import { openS3BlobStore } from "../../src/stores/s3/s3-blob-store.ts";
import { inPieces, sha256, uniqueContent } from "../contract/blobs/subject.ts";
import { collected } from "../doubles/collected.ts";
import { eventually } from "../doubles/eventually.ts";
import { FakeClock } from "../doubles/fake-clock.ts";
import { HostileStorage, refuse, type Mischief, type StorageRequest } from "../doubles/hostile-storage.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";

const SECRET = "this-is-the-secret";
const ACCESS_KEY = "this-is-the-access-key";

interface Scene extends AsyncDisposable {
  readonly storage: HostileStorage;
  readonly store: BlobStore;
  readonly directory: string;
}

function open(endpoint: string, directory: string, clock: Clock = systemClock): Promise<BlobStore> {
  const secretAccessKeyFile = join(directory, "secret");
  writeFileSync(secretAccessKeyFile, SECRET);
  return openS3BlobStore({
    options: {
      bucket: "documents",
      prefix: "",
      endpoint,
      region: "us-east-1",
      pathStyle: true,
      accessKeyId: ACCESS_KEY,
      secretAccessKeyFile,
      timeout: 30_000,
    },
    connection: { authorities: "default", proxy: undefined, connectTimeout: 10_000 },
    directory,
    clock,
    random: () => 0,
  });
}

/** A store of a storage that has behaved until now. */
async function scene(clock: Clock = systemClock): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(new TemporaryDirectory()).path;
  const storage = stack.use(await HostileStorage.start());
  const store = stack.use(await open(storage.endpoint, directory, clock));
  storage.calls.length = 0;
  const moved = stack.move();
  return { storage, store, directory, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

/** The first `times` requests of a method meet it. */
function first(times: number, method: string, mischief: Mischief): Mischief {
  let left = times;
  return (call) => call.method === method && left-- > 0 && mischief(call);
}

function always(method: string, mischief: Mischief): Mischief {
  return (call) => call.method === method && mischief(call);
}

const unavailable = (reason: RegExp) => ({ code: "BLOB_STORE_UNAVAILABLE", message: reason });

const cut: Mischief = ({ request }) => {
  request.socket.destroy();
  return true;
};

const hang: Mischief = () => true;

test("documents in S3 - what fails in passing is tried again, three times in all", async () => {
  await using at = await scene();
  const { storage, store } = at;
  const content = uniqueContent();
  for (const mischief of [
    (call: StorageRequest) => refuse(call, 503, "SlowDown"),
    (call: StorageRequest) => refuse(call, 500, "InternalError"),
    (call: StorageRequest) => refuse(call, 429, "TooManyRequests"),
    cut,
  ]) {
    storage.calls.length = 0;
    storage.mischief = first(2, "PUT", mischief);
    const { hash } = await store.put(inPieces(content, 100));
    deepEqual(storage.calls, [`PUT ${hash}`, `PUT ${hash}`, `PUT ${hash}`, `HEAD ${hash}`]);
    storage.mischief = first(2, "GET", mischief);
    deepEqual(await store.get(hash), content);
    storage.calls.length = 0;
    storage.mischief = always("GET", mischief);
    await rejects(store.get(hash), { code: "BLOB_STORE_UNAVAILABLE" });
    equal(storage.calls.length, 3);
  }
});

test("documents in S3 - a storage that asks for fewer requests gets no content, and says why", async () => {
  await using at = await scene();
  at.storage.mischief = always("PUT", (call) => refuse(call, 503, "SlowDown"));
  await rejects(at.store.put(uniqueContent()), unavailable(/S3 asks for fewer requests \(SlowDown\)/));
  equal(at.storage.calls.length, 3);
});

test("documents in S3 - a connection that is cut in the middle of a content leaves nothing, and all of it comes again", async () => {
  await using at = await scene();
  const { storage, store } = at;
  const content = uniqueContent(3_000_000);
  storage.mischief = first(1, "PUT", async ({ request }) => {
    for await (const _piece of request) break;
    request.socket.destroy();
    return true;
  });
  const { hash } = await store.put(inPieces(content, 64 * 1024));
  equal(sha256((await store.get(hash)) ?? Buffer.alloc(0)), hash);
  equal(storage.calls.filter((call) => call.startsWith("PUT")).length, 2);
  deepEqual(readdirSync(join(at.directory, "blobs", "incoming")), []);
});

test("documents in S3 - where no storage is, every request says so", async () => {
  using directory = new TemporaryDirectory();
  const storage = await HostileStorage.start();
  const { endpoint } = storage;
  await using store = await open(endpoint, directory.path);
  await storage[Symbol.asyncDispose]();
  const gone = unavailable(/^the documents cannot be read or written: S3 cannot be reached: connection re/);
  const hash = sha256(uniqueContent());
  await rejects(store.put(uniqueContent()), gone);
  await rejects(store.get(hash), gone);
  await rejects(store.has(hash), gone);
  await rejects(store.delete(hash), gone);
  await rejects(collected(store.list()), gone);
  const start = open(endpoint, directory.path);
  await rejects(start, unavailable(/at http:\/\/127\.0\.0\.1:\d+, bucket "documents": S3 cannot be reached/));
});

test("documents in S3 - a storage that hangs is given up after the timeout, and not tried again", async () => {
  const clock = new FakeClock();
  await using at = await scene(clock);
  const { storage, store } = at;
  const { hash } = await store.put(uniqueContent(100_000));
  const trickle: Mischief = ({ response }) => {
    response.writeHead(200, { "content-length": 100_000 }).write("x");
    return true;
  };
  const works: readonly [string, Mischief, () => Promise<unknown>][] = [
    ["PUT", hang, () => store.put(uniqueContent())],
    ["PUT", hang, () => store.put(inPieces(uniqueContent(), 100))],
    ["HEAD", hang, () => store.put(uniqueContent())],
    ["GET", hang, () => store.get(hash)],
    ["GET", trickle, () => store.get(hash)],
    ["HEAD", hang, () => store.has(hash)],
    ["DELETE", hang, () => store.delete(hash)],
    ["GET", hang, () => collected(store.list())],
  ];
  for (const [method, mischief, work] of works) {
    storage.calls.length = 0;
    storage.mischief = always(method, mischief);
    const refused = rejects(work(), unavailable(/S3 did not answer within 30s/));
    await eventually(() => ok(storage.calls.some((call) => call.startsWith(method))));
    await clock.advance(30_000);
    await refused;
    equal(storage.calls.filter((call) => call.startsWith(method)).length, 1);
  }
  equal(clock.timers, 0);
});

test("documents in S3 - who stops waiting for a storage that hangs gets the signal's reason", async () => {
  await using at = await scene();
  const { storage, store } = at;
  storage.mischief = hang;
  const reason = new Error("enough");
  const works: ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => store.put(uniqueContent(), { signal }),
    (signal) => store.get(sha256(uniqueContent()), { signal }),
    (signal) => collected(store.list({ signal })),
  ];
  for (const work of works) {
    storage.calls.length = 0;
    const abort = new AbortController();
    const refused = rejects(work(abort.signal), (error) => error === reason);
    await eventually(() => equal(storage.calls.length, 1));
    abort.abort(reason);
    await refused;
  }
});

test("documents in S3 - closing does not wait for a storage that hangs, and leaves no connection", async () => {
  await using at = await scene();
  const { storage, store } = at;
  storage.mischief = hang;
  const refused = rejects(store.put(uniqueContent()), unavailable(/the store is closed/));
  await eventually(() => equal(storage.calls.length, 1));
  await store[Symbol.asyncDispose]();
  await refused;
  await eventually(() => equal(storage.connections, 0));
});

test("documents in S3 - a storage that says yes and keeps nothing, or less, is found out", async () => {
  await using at = await scene();
  const { storage, store } = at;
  const lied = unavailable(/S3 says that it keeps a content, but does not have it/);
  storage.mischief = always("PUT", ({ request, response }) => {
    request.resume().on("end", () => response.setHeader("etag", '"0"').end());
    return true;
  });
  await rejects(store.put(uniqueContent()), lied);
  storage.mischief = always("PUT", ({ key, request, response }) => {
    storage.replace(key, Buffer.from("less"));
    request.resume().on("end", () => response.end());
    return true;
  });
  await rejects(store.put(uniqueContent()), lied);
});

test("documents in S3 - other bytes than were kept are not handed out, and a body that ends early is read again", async () => {
  await using at = await scene();
  const { storage, store } = at;
  const content = uniqueContent(200_000);
  const { hash } = await store.put(content);
  const early: Mischief = ({ response }) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 150_000), () => response.destroy());
    return true;
  };
  storage.mischief = first(2, "GET", early);
  equal(sha256((await store.get(hash)) ?? Buffer.alloc(0)), hash);
  storage.mischief = always("GET", early);
  await rejects(store.get(hash), unavailable(/S3 cannot be reached: connection reset/));
  // As a proxy does that buffers: whole by its own account.
  storage.mischief = always("GET", ({ response }) => {
    response.end(content.subarray(0, 150_000));
    return true;
  });
  await rejects(store.get(hash), { code: "BLOB_DAMAGED" });
  storage.mischief = always("GET", ({ response }) => {
    response.writeHead(200, { "content-length": 4 }).end("lies");
    return true;
  });
  await rejects(store.get(hash), { code: "BLOB_DAMAGED" });
});

test("documents in S3 - a refusal is not repeated, and says what an operator has to do", async () => {
  await using at = await scene();
  const { storage, store } = at;
  const { hash } = await store.put(uniqueContent());
  const refusals: readonly [number, string, RegExp][] = [
    [
      403,
      "AccessDenied",
      /refuses access to the bucket \(AccessDenied\): allow the access key s3:ListBucket/,
    ],
    [
      403,
      "InvalidAccessKeyId",
      /does not accept the access key \(InvalidAccessKeyId\): correct documents\.s3/,
    ],
    [403, "SignatureDoesNotMatch", /does not accept the access key \(SignatureDoesNotMatch\)/],
    [400, "ExpiredToken", /does not accept the access key \(ExpiredToken\)/],
    [404, "NoSuchBucket", /has no such bucket \(NoSuchBucket\): create it, or correct documents\.s3\.bucket/],
    [301, "PermanentRedirect", /is elsewhere \(PermanentRedirect\): correct documents\.s3\.region/],
    [400, "AuthorizationHeaderMalformed", /is elsewhere .*: correct documents\.s3\.region/],
    [400, "geheim <b>", /S3 refused a request \(status 400\)$/],
    [501, "NotImplemented", /S3 refused a request \(NotImplemented\)$/],
  ];
  for (const [status, code, message] of refusals) {
    storage.mischief = (call) => call.method !== "HEAD" && refuse(call, status, code);
    for (const work of [
      () => store.put(uniqueContent()),
      () => store.get(hash),
      () => collected(store.list()),
    ]) {
      storage.calls.length = 0;
      // oxlint-disable-next-line no-await-in-loop -- the calls are counted
      await rejects(work(), unavailable(message));
      equal(storage.calls.length, 1, code);
    }
  }
  storage.mischief = always("HEAD", (call) => refuse(call, 403, "AccessDenied"));
  await rejects(store.has(hash), unavailable(/refuses access to the bucket \(.*\)/));
});

test("documents in S3 - content is not taken for absent where the whole bucket is", async () => {
  await using at = await scene();
  at.storage.mischief = always("HEAD", (call) => refuse(call, 404, "NoSuchBucket"));
  await rejects(at.store.has(sha256(uniqueContent())), unavailable(/has no such bucket/));
});

test("documents in S3 - a storage without room is told from one that does not answer", async () => {
  await using at = await scene();
  for (const [status, code] of [
    [507, "InsufficientStorage"],
    [507, "XMinioStorageFull"],
    [403, "QuotaExceeded"],
  ] as const) {
    at.storage.mischief = always("PUT", (call) => refuse(call, status, code));
    await rejects(at.store.put(uniqueContent()), { code: "BLOB_STORE_FULL" });
  }
});

test("documents in S3 - a refusal that comes before the content was sent ends the request, and its connection", async () => {
  await using at = await scene();
  const { storage, store } = at;
  storage.mischief = always("PUT", (call) => refuse(call, 403, "AccessDenied"));
  const content = uniqueContent(20_000_000);
  for (let round = 0; round < 3; round++) {
    await rejects(store.put(inPieces(content, 1_000_000)), unavailable(/AccessDenied|connection reset/));
  }
  storage.mischief = () => false;
  const { hash } = await store.put(inPieces(content, 1_000_000));
  equal(sha256((await store.get(hash)) ?? Buffer.alloc(0)), hash);
  await eventually(() => ok(storage.connections <= 1));
});

test("documents in S3 - clocks that are hours apart are no hindrance, and ages are told by ours", async () => {
  await using at = await scene();
  const { storage, store } = at;
  const ahead = 3 * 3_600_000;
  storage.ahead = ahead;
  let refusals = 0;
  storage.mischief = (call) => {
    const written = String(call.request.headers["x-amz-date"]);
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(written) ?? [];
    const [year = "", month = "", day = "", ...time] = parts;
    const signed = Date.parse(`${year}-${month}-${day}T${time.join(":")}Z`);
    const isSkewed = Math.abs(signed - Date.now() - ahead) > 15 * 60_000;
    if (isSkewed) refusals++;
    return isSkewed && refuse(call, 403, "RequestTimeTooSkewed");
  };
  const { hash, putAt } = await store.put(uniqueContent());
  ok(Math.abs(putAt - Date.now()) < 5 * 60_000, `${putAt - Date.now()} ms from now`);
  deepEqual(
    (await collected(store.list())).find((blob) => blob.hash === hash),
    { hash, size: 1000, putAt },
  );
  await store.delete(hash, { putBefore: putAt });
  equal(await store.has(hash), true);
  equal(refusals, 1);
});

test("documents in S3 - a list comes page by page, and a storage that turns in circles is found out", async () => {
  await using at = await scene();
  const { storage, store } = at;
  storage.pageSize = 3;
  const put = await Promise.all(Array.from({ length: 10 }, () => store.put(uniqueContent())));
  storage.replace("notes.txt", Buffer.from("of somebody else"));
  storage.replace("f".repeat(63), Buffer.from("of somebody else"));
  const found = (await collected(store.list())).map(({ hash }) => hash);
  for (const { hash } of put) ok(found.includes(hash));
  // And the content without a byte, by which the store saw at its opening that contents can be kept.
  equal(found.length, put.length + 1);
  const listed = (text: string): Mischief =>
    always("GET", ({ response }) => {
      response.end(`<ListBucketResult>${text}</ListBucketResult>`);
      return true;
    });
  const circles = unavailable(/S3 does not say where its list goes on/);
  storage.mischief = listed(
    "<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>",
  );
  await rejects(collected(store.list()), circles);
  storage.mischief = listed("<IsTruncated>true</IsTruncated>");
  await rejects(collected(store.list()), circles);
  storage.mischief = listed(`<Contents><Key>${"a".repeat(64)}</Key><Size>3</Size></Contents>`);
  await rejects(collected(store.list()), unavailable(/S3 does not say how large or how old an object is/));
});

test("documents in S3 - an answer that is not S3's is a failure, and no empty list", async () => {
  await using at = await scene();
  for (const text of ["<html><body>Welcome</body>", "{}", "<ListBucketResult>"]) {
    at.storage.mischief = always("GET", ({ response }) => {
      response.end(text);
      return true;
    });
    await rejects(collected(at.store.list()), { code: "BLOB_STORE_UNAVAILABLE" }, text);
  }
});

test("documents in S3 - neither secret nor key nor signature is in a failure", async () => {
  await using at = await scene();
  const { storage, store } = at;
  const works: readonly [Mischief, () => Promise<unknown>][] = [
    [(call) => refuse(call, 403, "SignatureDoesNotMatch"), () => store.put(uniqueContent())],
    [(call) => refuse(call, 500, "InternalError"), () => store.get(sha256(uniqueContent()))],
    [cut, () => collected(store.list())],
  ];
  for (const [mischief, work] of works) {
    storage.mischief = mischief;
    // oxlint-disable-next-line no-await-in-loop -- one mischief after the other
    const error = await work().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const shown = inspect(error, { depth: 20, showHidden: true });
    match(shown, /BLOB_STORE_UNAVAILABLE/);
    for (const word of [SECRET, ACCESS_KEY, "AWS4-HMAC", "uthorization", "geheim"]) {
      equal(shown.includes(word), false, word);
    }
  }
});
