import { deepEqual, equal, match, ok } from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { StoreFailure } from "../../../src/stores/store-failure.ts";
import { escapeKey, fileNameProblem, readDirectory } from "../../../src/documents/upload-key.ts";
import { RunningDocuments } from "../../doubles/documents.ts";
import { eventually } from "../../doubles/eventually.ts";

type Part = readonly [field: string, value: string | File];

async function upload(running: RunningDocuments, ...parts: readonly Part[]): Promise<Response> {
  const body = new FormData();
  for (const [field, value] of parts) {
    if (typeof value === "string") body.append(field, value);
    else body.append(field, value, value.name);
  }
  return await running.fetch("/v1/upload", { method: "POST", body });
}

test("upload - files are stored under directory and name, and can be read where the answer says", async () => {
  await using running = await RunningDocuments.open();
  const answer = await upload(
    running,
    ["public", new File(['{"a":1}'], "a.json")],
    ["private", new File(["# b"], "b c.md")],
    ["directory", "/dir//sub/"],
  );
  equal(answer.status, 200);
  equal(answer.headers.get("content-type"), "application/json;charset=UTF-8");
  const text = await answer.text();
  ok(text.endsWith("\n"));
  deepEqual(JSON.parse(text), {
    uploadedFiles: [
      {
        fileName: "a.json",
        remotePath: `${running.origin}/public/dir/sub/a.json`,
        bucket: "public",
        size: 7,
      },
      {
        fileName: "b c.md",
        remotePath: `${running.origin}/private/dir/sub/b%20c.md`,
        bucket: "private",
        size: 3,
      },
    ],
  });
  const read = await running.fetch("/private/dir/sub/b%20c.md");
  equal(read.headers.get("content-type"), "text/markdown; charset=utf-8");
  equal(read.headers.get("cache-control"), "private, no-cache");
  equal(await read.text(), "# b");
  deepEqual(
    (await running.assets())
      .map(({ spec, status }) => [spec.bucketRef.name, status?.phase, status?.reason])
      .toSorted(),
    [
      ["private", "Ready", "Uploaded"],
      ["public", "Ready", "Uploaded"],
    ],
  );
});

test("upload - without a directory each upload has its own", async () => {
  await using running = await RunningDocuments.open();
  const paths = await Promise.all(
    ["1", "2"].map(async (text) => {
      const answer = await upload(running, ["public", new File([text], "apiSpec.json")]);
      const { uploadedFiles } = (await answer.json()) as { uploadedFiles: { remotePath: string }[] };
      return uploadedFiles[0]?.remotePath ?? "";
    }),
  );
  const texts = await Promise.all(
    paths.map(async (path) => (await running.fetch(path.slice(running.origin.length))).text()),
  );
  deepEqual(texts, ["1", "2"]);
});

test("upload - a file of the same directory and name is overwritten", async () => {
  await using running = await RunningDocuments.open();
  for (const text of ["old", "new"]) {
    const answer = await upload(running, ["directory", "d"], ["public", new File([text], "a.txt")]);
    equal(answer.status, 200);
  }
  equal(await (await running.fetch("/public/d/a.txt")).text(), "new");
  equal((await running.assets()).length, 1);
});

test("upload - what is no form, and a form without files, is refused in the words of the original", async () => {
  await using running = await RunningDocuments.open();
  const plain = await running.fetch("/v1/upload", { method: "PUT", body: "x" });
  equal(plain.status, 500);
  deepEqual(await plain.json(), {
    errors: [{ message: "while parsing multipart request: request Content-Type isn't multipart/form-data" }],
  });
  const empty = await upload(running, ["other", new File(["x"], "x")], ["public", "no file"]);
  equal(empty.status, 400);
  deepEqual(await empty.json(), {
    errors: [{ message: "No files specified to upload. Use `private` and `public` fields to upload them." }],
  });
  const headers = { "Content-Type": "multipart/form-data" };
  equal((await running.fetch("/v1/upload", { method: "POST", body: "x", headers })).status, 500);
  const cut = { "Content-Type": "multipart/form-data; boundary=b" };
  const body = '--b\r\nContent-Disposition: form-data; name="public"; filename="a"\r\n\r\nunfinished';
  const broken = await running.fetch("/v1/upload", { method: "POST", body, headers: cut });
  equal(broken.status, 500);
  deepEqual(await running.assets(), []);
});

test("upload - paths that lead out of the bucket are refused and nothing is stored", async () => {
  await using running = await RunningDocuments.open();
  for (const directory of ["..", "a/../b", "./a", "a\\b", "a\u0000", "/", "x".repeat(2000)]) {
    const answer = await upload(running, ["directory", directory], ["public", new File(["x"], "a")]);
    equal(answer.status, 400, directory);
  }
  deepEqual(await running.assets(), []);
  const inside = await upload(running, ["directory", "d"], ["public", new File(["x"], "../../etc/passwd")]);
  const { uploadedFiles } = (await inside.json()) as { uploadedFiles: { remotePath: string }[] };
  equal(uploadedFiles[0]?.remotePath, `${running.origin}/public/d/passwd`);
});

test("upload - keys never leave their directory and come back from a URL as they were", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (directory, fileName) => {
      const read = readDirectory(directory);
      if (read.kind === "refused" || fileNameProblem(fileName) !== undefined) return;
      const segments = read.path.split("/");
      ok(segments.every((segment) => segment !== "" && segment !== "." && segment !== ".."));
      equal(escapeKey(read.path).split("/").map(decodeURIComponent).join("/"), read.path);
      ok(!decodeURI(new URL(`http://h.example/b/${escapeKey(read.path)}`).pathname).includes("/../"));
    }),
    { numRuns: 2000 },
  );
});

test("upload - files and requests beyond their limits get 413 with the limit", async () => {
  await using running = await RunningDocuments.open({ options: { maxFileSize: 1000, maxRequestSize: 3000 } });
  const exact = await upload(running, ["public", new File(["x".repeat(1000)], "exact")]);
  equal(exact.status, 200);
  const file = await upload(running, ["public", new File(["x".repeat(1001)], "big.json")]);
  equal(file.status, 413);
  deepEqual(await file.json(), { errors: [{ message: "File `big.json` is larger than 1000 bytes." }] });
  const many = await upload(
    running,
    ...Array.from({ length: 4 }, (_, index): Part => ["public", new File(["x".repeat(900)], `f${index}`)]),
  );
  equal(many.status, 413);
  deepEqual(await many.json(), { errors: [{ message: "The request is larger than 3000 bytes." }] });
  const parts = await upload(running, ...Array.from({ length: 300 }, (): Part => ["f", ""]));
  equal(parts.status, 413);
  equal((await running.assets()).length, 1);
});

test("upload - a request of unknown length is cut at its limit", async () => {
  await using running = await RunningDocuments.open({
    options: { maxFileSize: 10_000, maxRequestSize: 3000 },
  });
  const head = '--b\r\nContent-Disposition: form-data; name="public"; filename="a"\r\n\r\n';
  const pieces = [head, ...Array.from({ length: 10 }, () => "x".repeat(500)), "\r\n--b--\r\n"];
  const body = new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(Buffer.from(piece));
    },
  });
  const headers = { "Content-Type": "multipart/form-data; boundary=b" };
  const answer = await running.fetch("/v1/upload", {
    method: "POST",
    body,
    headers,
    duplex: "half",
  });
  equal(answer.status, 413);
});

test("upload - a store that is full loses no file that it could take", async () => {
  await using running = await RunningDocuments.open();
  running.blobs.kept = ({ size }) => {
    if (size === 3) throw new StoreFailure("BLOB_STORE_FULL");
  };
  const some = await upload(
    running,
    ["directory", "dir"],
    ["public", new File(["abc"], "b.json")],
    ["public", new File(["abcd"], "a.json")],
  );
  equal(some.status, 207);
  const { uploadedFiles, errors } = (await some.json()) as {
    uploadedFiles: { fileName: string }[];
    errors: { message: string; fileName: string; omitempty: string }[];
  };
  deepEqual(
    uploadedFiles.map(({ fileName }) => fileName),
    ["a.json"],
  );
  equal(errors[0]?.fileName, "b.json");
  equal(errors[0]?.omitempty, "b.json");
  match(
    errors[0]?.message ?? "",
    /^Error while uploading file `dir\/b\.json` into `public`: there is no room/,
  );
  const none = await upload(running, ["public", new File(["abc"], "b.json")]);
  equal(none.status, 502);
});

test("upload - a store that takes nothing is told of each file, however large", async () => {
  await using running = await RunningDocuments.open();
  running.blobs.failure = new StoreFailure("BLOB_STORE_FULL");
  const large = "x".repeat(500_000);
  const answer = await upload(
    running,
    ["public", new File([large], "a")],
    ["private", new File([large], "b")],
  );
  equal(answer.status, 502);
  const { errors } = (await answer.json()) as { errors: { fileName: string }[] };
  deepEqual(
    errors.map(({ fileName }) => fileName),
    ["a", "b"],
  );
});

test("upload - whatever comes as a form is answered, and the next one is served", async () => {
  await using running = await RunningDocuments.open({ options: { maxRequestSize: 20_000 } });
  const pieces = fc.constantFrom(
    "--b\r\n",
    "--b--\r\n",
    "\r\n--b",
    "\r\n",
    "\n",
    "\r\n\r\n",
    'Content-Disposition: form-data; name="public"; filename="a.json"\r\n\r\n',
    'Content-Disposition: form-data; name="directory"\r\n\r\n',
    'Content-Disposition: form-data; name="__proto__"; filename="__proto__"\r\n\r\n',
    'Content-Disposition: form-data; filename="..\\..\\a"\r\n',
    "Content-Disposition: attachment\r\n\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n",
    `X: ${"y".repeat(18_000)}\r\n`,
    "content",
    "\u0000",
  );
  const types = fc.constantFrom(
    "boundary=b",
    'boundary="b"',
    "boundary=",
    "",
    "boundary=b; boundary=c",
    "boundary=--b",
  );
  const property = fc.asyncProperty(types, fc.array(pieces, { maxLength: 12 }), async (type, parts) => {
    const headers = { "Content-Type": `multipart/form-data; ${type}` };
    const answer = await running.fetch("/v1/upload", { method: "POST", body: parts.join(""), headers });
    ok([200, 207, 400, 413, 500, 502].includes(answer.status), String(answer.status));
    await answer.text();
  });
  await fc.assert(property, { numRuns: 300 });
  deepEqual(running.warnings, []);
  equal((await upload(running, ["public", new File(["x"], "x")])).status, 200);
});

test("upload - a client that leaves in the middle leaves nothing behind and stops nothing", async () => {
  await using running = await RunningDocuments.open();
  const { port } = new URL(running.origin);
  const socket = connect(Number(port), "127.0.0.1");
  const head =
    "POST /v1/upload HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer good\r\nContent-Length: 5000\r\n";
  socket.write(`${head}Content-Type: multipart/form-data; boundary=b\r\n\r\n`);
  socket.write('--b\r\nContent-Disposition: form-data; name="public"; filename="a"\r\n\r\nhalf');
  await eventually(() => equal(running.blobs.puts, 1));
  socket.destroy();
  const answer = await upload(running, ["public", new File(["x"], "x")]);
  equal(answer.status, 200);
  equal((await running.assets()).length, 1);
  equal(running.blobs.hashes.length, 1);
});
