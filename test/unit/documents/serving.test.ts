import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { byteRange } from "../../../src/documents/byte-range.ts";
import { mediaType } from "../../../src/documents/media-type.ts";
import { RunningDocuments, type DocumentsSettings } from "../../doubles/documents.ts";

const ID = "0b1c2d3e-0000-4000-8000-000000000001";
const TEXT = '{"displayName":"0123456789"}';

async function open(
  settings: DocumentsSettings = {},
): Promise<{ running: RunningDocuments; path: string; hash: string }> {
  const running = await RunningDocuments.open(settings);
  const staged = await running.services.stage([
    { type: "docs", fileName: "content.json", content: Buffer.from(TEXT) },
  ]);
  await running.services.publish(
    { application: "shop", serviceId: ID, displayName: "", description: "" },
    staged,
  );
  const hash = staged.documents[0]?.hash ?? "";
  return { running, path: `/documents/${ID}/${hash}/content.json`, hash };
}

test("serving - a document comes with its type, its hash and nothing that a browser would run", async () => {
  const { running, path, hash } = await open();
  await using _ = running;
  const answer = await running.fetch(path);
  equal(answer.status, 200);
  equal(await answer.text(), TEXT);
  const headers = Object.fromEntries(answer.headers);
  equal(headers["content-type"], "application/json");
  equal(headers["etag"], `"${hash}"`);
  equal(headers["content-disposition"], "inline");
  equal(headers["x-content-type-options"], "nosniff");
  equal(headers["content-security-policy"], "sandbox; default-src 'none'");
  equal(headers["cache-control"], "private, max-age=31536000, immutable");
});

test("serving - HEAD has the headers of GET and no body", async () => {
  const { running, path } = await open();
  await using _ = running;
  const answer = await running.fetch(path, { method: "HEAD" });
  equal(answer.status, 200);
  equal(answer.headers.get("content-length"), String(TEXT.length));
  equal(await answer.text(), "");
});

test("serving - who has the document already is told so", async () => {
  const { running, path, hash } = await open();
  await using _ = running;
  for (const tags of [`"${hash}"`, `"other", W/"${hash}"`, "*"]) {
    const answer = await running.fetch(path, { headers: { "If-None-Match": tags } });
    equal(answer.status, 304);
    equal(answer.headers.get("etag"), `"${hash}"`);
  }
  equal((await running.fetch(path, { headers: { "If-None-Match": '"other"' } })).status, 200);
});

test("serving - ranges are served, and refused where the document has none", async () => {
  const { running, path, hash } = await open();
  await using _ = running;
  const range = await running.fetch(path, { headers: { Range: "bytes=2-4" } });
  equal(range.status, 206);
  equal(range.headers.get("content-range"), `bytes 2-4/${TEXT.length}`);
  equal(await range.text(), TEXT.slice(2, 5));
  const beyond = await running.fetch(path, { headers: { Range: `bytes=${TEXT.length}-` } });
  equal(beyond.status, 416);
  equal(beyond.headers.get("content-range"), `bytes */${TEXT.length}`);
  const stale = await running.fetch(path, { headers: { Range: "bytes=2-4", "If-Range": '"other"' } });
  equal(stale.status, 200);
  const fresh = await running.fetch(path, { headers: { Range: "bytes=2-4", "If-Range": `"${hash}"` } });
  equal(fresh.status, 206);
});

test("serving - byte ranges are read as RFC 9110 has them", () => {
  deepEqual(byteRange("bytes=0-", 10), { first: 0, last: 9 });
  deepEqual(byteRange("bytes=-3", 10), { first: 7, last: 9 });
  deepEqual(byteRange("bytes=-30", 10), { first: 0, last: 9 });
  deepEqual(byteRange("bytes=8-30", 10), { first: 8, last: 9 });
  equal(byteRange("bytes=-0", 10), "unsatisfiable");
  equal(byteRange("bytes=10-", 10), "unsatisfiable");
  equal(byteRange("bytes=0-", 0), "unsatisfiable");
  for (const ignored of [undefined, "bytes=3-2", "bytes=-", "lines=1-2", "bytes=0-1,3-4", "bytes=a-"]) {
    equal(byteRange(ignored, 10), undefined);
  }
});

test("serving - media types come from the name, and none is one that a browser runs", () => {
  equal(mediaType("a.JSON"), "application/json");
  equal(mediaType("a.yaml"), "application/yaml");
  equal(mediaType("a.xml"), "application/xml");
  equal(mediaType("a.md"), "text/markdown; charset=utf-8");
  for (const name of ["a.html", "a.svg", "a.js", "a.xhtml", "json", "a.constructor", "a.json.html"]) {
    equal(mediaType(name), "application/octet-stream");
  }
});

test("serving - without authentication nothing is served, and nothing is said of what there is", async () => {
  const { running, path } = await open();
  await using _ = running;
  const paths = [
    path,
    "/documents/none/0/x",
    "/other",
    "/v1/upload",
    "/v1/convert",
    "/v1/validate",
    "/v1/extract",
  ];
  const headers = { Authorization: "Bearer bad" };
  const answers = await Promise.all(paths.map((asked) => running.fetch(asked, { headers })));
  deepEqual(
    answers.map(({ status }) => status),
    paths.map(() => 401),
  );
  ok(answers[0]?.headers.get("www-authenticate"));
});

test("serving - documents.public opens documents and public uploads to reading alone", async () => {
  const { running, path } = await open({ options: { public: true } });
  await using _ = running;
  const headers = { Authorization: "Bearer bad" };
  const form = new FormData();
  form.append("directory", "d");
  form.append("public", new File(["open"], "a.txt"));
  form.append("private", new File(["closed"], "a.txt"));
  equal((await running.fetch("/v1/upload", { method: "POST", body: form, headers })).status, 401);
  equal((await running.fetch("/v1/upload", { method: "POST", body: form })).status, 200);
  const open_ = await running.fetch(path, { headers });
  equal(open_.status, 200);
  equal(open_.headers.get("cache-control"), "public, max-age=31536000, immutable");
  equal(await (await running.fetch("/public/d/a.txt", { headers })).text(), "open");
  equal((await running.fetch("/private/d/a.txt", { headers })).status, 401);
  equal(await (await running.fetch("/private/d/a.txt")).text(), "closed");
});

test("serving - only what a group names is found, under its own name", async () => {
  const { running, path, hash } = await open();
  await using _ = running;
  const staged = await running.services.stage([
    { type: "docs", fileName: "x.json", content: Buffer.from("[]") },
  ]);
  const unpublished = staged.documents[0]?.hash ?? "";
  for (const wrong of [
    `/documents/${ID}/${unpublished}/x.json`,
    `/documents/${ID}/${hash}/other.json`,
    `/documents/${ID}/${hash}`,
    `/documents/${ID}/${hash}/content.json/more`,
    `/documents/other/${hash}/content.json`,
    `/documents/`,
    "/unknown/x",
    "/v1/other",
    "/",
  ]) {
    equal((await running.fetch(wrong)).status, 404, wrong);
  }
  equal((await running.fetch(`/documents/%2e%2e/x`)).status, 404);
  equal((await running.fetch(`/documents/${ID}%2f..%2fx/y`)).status, 400);
  const post = await running.fetch(path, { method: "POST" });
  equal(post.status, 405);
  equal(post.headers.get("allow"), "GET, HEAD");
});

test("serving - an old version can still be read, and nothing once the group is gone", async () => {
  const { running, path } = await open();
  await using _ = running;
  const staged = await running.services.stage([
    { type: "docs", fileName: "new.json", content: Buffer.from("{}") },
  ]);
  await running.services.publish(
    { application: "shop", serviceId: ID, displayName: "", description: "" },
    staged,
  );
  equal((await running.fetch(path)).status, 200);
  await running.services.remove("shop", ID);
  equal((await running.fetch(path)).status, 404);
});

test("serving - content that was lost is not found, and a store that fails says nothing of itself", async () => {
  const { running, path, hash } = await open();
  await using _ = running;
  running.blobs.get = async () => {
    throw new Error("secret path /var/lib");
  };
  const failed = await running.fetch(path);
  equal(failed.status, 500);
  equal(await failed.text(), '{"code":500,"error":"Internal error."}\n');
  equal(running.warnings.length > 0, true);
  running.blobs.get = async () => undefined;
  equal((await running.fetch(path)).status, 404);
  ok(hash);
});
