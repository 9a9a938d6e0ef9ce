import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import {
  APPLICATIONS,
  application,
  ask,
  CONFIG_MAPS,
  refusal,
  secret,
  SECRETS,
} from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const G = "applicationconnector.kyma-project.io";

suite("admin writes", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const create = (body: object, query = "") => ask(server, `${APPLICATIONS}${query}`, { body });
  const merge = { "content-type": "application/merge-patch+json" };
  const strategic = { "content-type": "application/strategic-merge-patch+json" };
  const patch = (path: string, body: object | string, headers: Record<string, string> = merge) =>
    ask(server, path, {
      method: "PATCH",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers,
    });

  test("create - the stored object comes back with what the server owns", async () => {
    const { status, body } = await create(application("made", { metadata: { uid: "mine", generation: 9 } }));
    assert.equal(status, 201);
    assert.notEqual(body.metadata["uid"], "mine");
    assert.equal(body.metadata["generation"], 1);
    assert.match(String(body.metadata["creationTimestamp"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(String(body.metadata["resourceVersion"]), /^\d+$/);
  });

  test("create - a name is generated where only its beginning is given", async () => {
    const { body } = await create({ ...application(""), metadata: { generateName: "gen-" } });
    assert.match(String(body.metadata["name"]), /^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test("create - a taken name is AlreadyExists", async () => {
    await create(application("taken"));
    const answer = await create(application("taken"));
    assert.deepEqual(refusal(answer), {
      code: 409,
      reason: "AlreadyExists",
      message: `applications.${G} "taken" already exists`,
    });
    assert.deepEqual(answer.body.details, { name: "taken", group: G, kind: "applications" });
  });

  test("create - neither name nor generateName is a required value", async () => {
    const answer = await create({ ...application(""), metadata: {} });
    assert.equal(answer.status, 422);
    assert.deepEqual(answer.body.details.causes, [
      {
        reason: "FieldValueRequired",
        message: "Required value: name or generateName is required",
        field: "metadata.name",
      },
    ]);
  });

  test("create - a resourceVersion is refused", async () => {
    const answer = await create(application("versioned", { metadata: { resourceVersion: "1" } }));
    assert.equal(answer.body.message, "resourceVersion should not be set on objects to be created");
    assert.equal(answer.status, 400);
  });

  test("create - another apiVersion, another kind, no kind and no object are told apart", async () => {
    const bad = async (body: object | string) => (await ask(server, APPLICATIONS, { body })).body.message;
    assert.equal(
      await bad({ ...application("x"), apiVersion: "v1" }),
      `the API version in the data (v1) does not match the expected API version (${G}/v1alpha1)`,
    );
    assert.equal(
      await bad({ ...application("x"), kind: "Secret" }),
      `Secret.${G} "x" is invalid: kind: Invalid value: "Secret": must be Application`,
    );
    assert.match(
      await bad({ metadata: { name: "x" } }),
      /^the object provided is unrecognized \(must be of type Application\): Object 'Kind' is missing/,
    );
    for (const body of ["{", "[]", "7", '"text"', "null", ""]) {
      assert.match(
        await bad(body),
        /^the object provided is unrecognized \(must be of type Application\): /,
        body,
      );
    }
  });

  test("create - a core kind may leave out apiVersion and kind", async () => {
    const { status, body } = await ask(server, CONFIG_MAPS, { body: { metadata: { name: "bare" } } });
    assert.equal(status, 201);
    assert.deepEqual([body.kind, body.apiVersion], ["ConfigMap", "v1"]);
  });

  test("create - the namespace of the path holds, and another one in the body is refused", async () => {
    const { body } = await ask(server, SECRETS, { body: secret("placed") });
    assert.equal(body.metadata["namespace"], "default");
    const answer = await ask(server, SECRETS, {
      body: { ...secret("x"), metadata: { name: "x", namespace: "other" } },
    });
    assert.equal(answer.status, 400);
    assert.equal(
      answer.body.message,
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  });

  test("create - an unknown namespace is not found, and one that ends forbids new contents", async () => {
    const answer = await ask(server, "/api/v1/namespaces/nowhere/secrets", { body: secret("x") });
    assert.deepEqual(refusal(answer), {
      code: 404,
      reason: "NotFound",
      message: 'namespaces "nowhere" not found',
    });
    assert.deepEqual(answer.body.details, { name: "nowhere", kind: "namespaces" });
    await ask(server, "/api/v1/namespaces", { body: { metadata: { name: "ending" } } });
    const held = { ...secret("held"), metadata: { name: "held", finalizers: ["a.io/x"] } };
    await ask(server, "/api/v1/namespaces/ending/secrets", { body: held });
    await ask(server, "/api/v1/namespaces/ending", { method: "DELETE" });
    const ending = await ask(server, "/api/v1/namespaces/ending/secrets", { body: secret("late") });
    assert.equal(ending.status, 403);
    assert.match(
      ending.body.message,
      /unable to create new content in namespace ending because it is being terminated/,
    );
    assert.equal(ending.body.details.causes[0]?.reason, "NamespaceTerminating");
  });

  test("field validation - Warn drops and warns, Ignore is silent, Strict refuses both stray and double fields", async () => {
    const text = JSON.stringify(application("stray", { spec: { bogus: 1, tags: ["a"] } })).replace(
      '"tags"',
      '"tags":["first"],"tags"',
    );
    const send = (query: string) => ask(server, `${APPLICATIONS}?dryRun=All${query}`, { body: text });
    for (const query of ["", "&fieldValidation=Warn"]) {
      const { status, headers, body } = await send(query);
      assert.equal(status, 201);
      assert.equal(
        headers.get("warning"),
        String.raw`299 - "duplicate field \"spec.tags\"", 299 - "unknown field \"spec.bogus\""`,
      );
      assert.deepEqual(body.spec["tags"], ["a"]);
    }
    assert.equal((await send("&fieldValidation=Ignore")).headers.get("warning"), null);
    assert.deepEqual(refusal(await send("&fieldValidation=Strict")), {
      code: 400,
      reason: "BadRequest",
      message:
        'Application in version "v1alpha1" cannot be handled as a Application: strict decoding error: duplicate field "spec.tags", unknown field "spec.bogus"',
    });
  });

  test("field validation - a strict patch is refused as 422 with a cause and without the object", async () => {
    await create(application("strict"));
    const path = `${APPLICATIONS}/strict?fieldValidation=Strict`;
    const answer = await patch(path, { spec: { bogus: 1, gone: null } });
    assert.deepEqual([answer.status, answer.body.reason], [422, "Invalid"]);
    assert.deepEqual(answer.body.details, {
      name: "strict",
      group: G,
      kind: "Application",
      causes: [
        {
          reason: "FieldValueInvalid",
          message: 'strict decoding error: unknown field "spec.bogus"',
          field: "patch",
        },
      ],
    });
    const directives = {
      metadata: { "$setElementOrder/finalizers": [] },
      data: { $patch: "replace", k: "dg==" },
    };
    await ask(server, SECRETS, { body: secret("strict") });
    assert.equal(
      (await patch(`${SECRETS}/strict?fieldValidation=Strict`, directives, strategic)).status,
      200,
    );
  });

  test("dry run - all is checked and answered, and nothing is kept", async () => {
    const created = await create(application("dry"), "?dryRun=All");
    assert.equal(created.status, 201);
    assert.equal(created.body.metadata["resourceVersion"], undefined);
    assert.match(String(created.body.metadata["uid"]), /^[0-9a-f-]{36}$/);
    assert.equal((await ask(server, `${APPLICATIONS}/dry`)).status, 404);
    const stored = (await create(application("dry"))).body;
    const patched = await patch(`${APPLICATIONS}/dry?dryRun=All`, { spec: { description: "new" } });
    assert.equal(patched.body.metadata["generation"], 2);
    assert.equal(patched.body.metadata["resourceVersion"], stored.metadata["resourceVersion"]);
    assert.deepEqual((await ask(server, `${APPLICATIONS}/dry`)).body, stored);
    const removed = await ask(server, `${APPLICATIONS}/dry`, { method: "DELETE", body: { dryRun: ["All"] } });
    assert.equal(removed.status, 200);
    assert.equal((await ask(server, `${APPLICATIONS}/dry`)).status, 200);
  });

  for (const [query, message] of [
    ["dryRun=Some", 'dryRun: Unsupported value: ["Some"]: supported values: "All"'],
    ["dryRun=", 'dryRun: Unsupported value: [""]: supported values: "All"'],
    [`fieldManager=${"m".repeat(129)}`, "fieldManager: Too long: may not be more than 128 bytes"],
    [
      "fieldValidation=Maybe",
      'fieldValidation: Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"',
    ],
    ["force=true", "force: Forbidden: may not be specified for non-apply patch"],
  ] as const) {
    test(`parameters - ${query.slice(0, 24)} is refused by name`, async () => {
      const answer = await patch(`${APPLICATIONS}/any?${query}`, {});
      assert.deepEqual(refusal(answer), {
        code: 422,
        reason: "Invalid",
        message: `PatchOptions.meta.k8s.io "" is invalid: ${message}`,
      });
    });
  }

  test("replace - the name must be there and that of the path, and the object must exist", async () => {
    const { body } = await create(application("replaced"));
    const put = (name: string, value: object) =>
      ask(server, `${APPLICATIONS}/${name}`, { method: "PUT", body: value });
    const nameless = await put("replaced", { ...body, metadata: {} });
    assert.match(
      nameless.body.message,
      /^the name of the object \(replaced based on URL\) was undeterminable/,
    );
    const renamed = await put("replaced", { ...body, metadata: { ...body.metadata, name: "b" } });
    assert.equal(
      renamed.body.message,
      "the name of the object (b) does not match the name on the URL (replaced)",
    );
    const absent = await put("absent", application("absent", { metadata: { resourceVersion: "1" } }));
    assert.deepEqual(absent.body.details, { name: "absent", group: G, kind: "applications" });
    assert.equal(absent.status, 404);
    const { status, body: replaced } = await put("replaced", { ...body, spec: { description: "new" } });
    assert.equal(status, 200);
    assert.equal(replaced.metadata["generation"], 2);
  });

  test("replace - a stale version is a Conflict, none is invalid, and one that is no number is a bad request", async () => {
    const { body } = await create(application("stale"));
    const put = (resourceVersion: string | undefined) =>
      ask(server, `${APPLICATIONS}/stale`, {
        method: "PUT",
        body: { ...body, metadata: { ...body.metadata, resourceVersion } },
      });
    assert.deepEqual(refusal(await put("1")), {
      code: 409,
      reason: "Conflict",
      message: `Operation cannot be fulfilled on applications.${G} "stale": the object has been modified; please apply your changes to the latest version and try again`,
    });
    const none = await put(undefined);
    assert.equal(none.status, 422);
    assert.equal(none.body.details.causes[0]?.message, "Invalid value: 0: must be specified for an update");
    assert.equal((await put("abc")).status, 400);
  });

  test("replace - a Secret needs no version", async () => {
    await ask(server, SECRETS, { body: secret("free", { data: { a: "YQ==" } }) });
    const value = secret("free", { data: { b: "Yg==" } });
    const { status, body } = await ask(server, `${SECRETS}/free`, { method: "PUT", body: value });
    assert.equal(status, 200);
    assert.deepEqual(body.data, { b: "Yg==" });
  });

  test("replace - what was read can be sent back unchanged and keeps its version", async () => {
    const { body } = await create(application("round"));
    const answer = await ask(server, `${APPLICATIONS}/round`, { method: "PUT", body });
    assert.deepEqual(answer.body, body);
  });

  test("patch - a version inside is a precondition, and name and kind cannot change", async () => {
    await create(application("patched"));
    const path = `${APPLICATIONS}/patched`;
    assert.equal((await patch(path, { metadata: { resourceVersion: "1" } })).status, 409);
    assert.equal((await patch(path, { metadata: { name: "other" } })).status, 400);
    const kind = await patch(path, { kind: "Other" });
    assert.equal(kind.status, 422);
    assert.deepEqual(kind.body.details.causes[0], {
      reason: "FieldValueInvalid",
      message: 'Invalid value: "Other": must be Application',
      field: "kind",
    });
    assert.equal((await patch(`${SECRETS}/x`, { metadata: { namespace: "other" } })).status, 400);
    assert.equal((await patch(`${APPLICATIONS}/nobody`, {})).status, 404);
  });

  test("patch - a body that is no object is a bad request", async () => {
    for (const body of ["[]", "7", "null", "", "{"]) {
      const answer = await patch(`${APPLICATIONS}/patched`, body);
      assert.equal(answer.status, 400, body);
      assert.match(answer.body.message, /^error decoding patch: /);
    }
  });

  test("patch - media types that a kind does not take are refused with those that it takes", async () => {
    const type = (name: string) => ({ "content-type": `application/${name}` });
    for (const name of ["strategic-merge-patch+json", "json", "cbor"]) {
      const answer = await patch(`${APPLICATIONS}/patched`, {}, type(name));
      assert.deepEqual(refusal(answer), {
        code: 415,
        reason: "UnsupportedMediaType",
        message:
          "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
      });
    }
    const core = await patch(`${SECRETS}/x`, {}, type("json"));
    assert.match(
      core.body.message,
      /application\/json-patch\+json, application\/merge-patch\+json, application\/apply-patch\+yaml, application\/strategic-merge-patch\+json$/,
    );
    const charset = { "content-type": "Application/Merge-Patch+JSON; charset=utf-8" };
    await create(application("charset"));
    assert.equal((await patch(`${APPLICATIONS}/charset`, {}, charset)).status, 200);
  });

  test("patch - concurrent patches without a version all succeed", async () => {
    await create(application("busy"));
    const patches = Array.from({ length: 20 }, (_, index) =>
      patch(`${APPLICATIONS}/busy`, { metadata: { labels: { [`l${index}`]: "x" } } }),
    );
    for (const { status } of await Promise.all(patches)) assert.equal(status, 200);
    const { body } = await ask(server, `${APPLICATIONS}/busy`);
    assert.equal(Object.keys(body.metadata.labels).length, 20);
  });

  test("status subresource - only the status changes there, and kinds without it say so", async () => {
    await ask(server, "/api/v1/namespaces", { body: { metadata: { name: "phased" } } });
    const path = "/api/v1/namespaces/phased/status";
    assert.equal((await ask(server, path)).body.kind, "Namespace");
    const patched = await patch(
      path,
      { metadata: { labels: { a: "b" } }, status: { phase: "Active" } },
      strategic,
    );
    assert.equal(patched.status, 200);
    assert.equal(patched.body.metadata.labels["a"], undefined);
    const put = await ask(server, path, {
      method: "PUT",
      body: { metadata: { name: "phased" }, status: {} },
    });
    assert.equal(put.status, 200);
    assert.equal((await patch("/api/v1/namespaces/nobody/status", {})).status, 404);
    for (const sub of ["status", "scale", "log", "exec"]) {
      const answer = await ask(server, `${APPLICATIONS}/x/${sub}`);
      assert.deepEqual(refusal(answer), {
        code: 404,
        reason: "NotFound",
        message: `applications.${G} do not have the subresource "${sub}"`,
      });
    }
  });

  test("delete - a Status names what is gone, with its group where it has one", async () => {
    const { body } = await create(application("gone"));
    const answer = await ask(server, `${APPLICATIONS}/gone`, { method: "DELETE" });
    assert.deepEqual(answer.body, {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details: { name: "gone", group: G, kind: "applications", uid: body.metadata["uid"] },
    } as never);
    await ask(server, SECRETS, { body: secret("gone") });
    const core = await ask(server, `${SECRETS}/gone`, { method: "DELETE" });
    assert.deepEqual([core.body.details["kind"], "group" in core.body.details], ["secrets", false]);
    assert.equal((await ask(server, `${SECRETS}/gone`, { method: "DELETE" })).status, 404);
  });

  test("delete - finalizers keep the object, and the write without them takes it away", async () => {
    await create(application("final", { metadata: { finalizers: ["a.io/x"] } }));
    const path = `${APPLICATIONS}/final`;
    const first = await ask(server, path, { method: "DELETE" });
    assert.equal(first.body.kind, "Application");
    assert.equal(first.body.metadata["generation"], 2);
    assert.deepEqual((await ask(server, path, { method: "DELETE" })).body, first.body);
    const added = await patch(path, { metadata: { finalizers: ["a.io/x", "k/new"] } });
    assert.match(
      added.body.message,
      /no new finalizers can be added if the object is being deleted, found new finalizers/,
    );
    const again = await create(application("final"));
    assert.match(again.body.message, /^object is being deleted: /);
    const last = await patch(path, { metadata: { finalizers: null } });
    assert.equal(last.status, 200);
    assert.equal(last.body.kind, "Application");
    assert.equal((await ask(server, path)).status, 404);
  });

  test("delete - preconditions and options that do not fit are refused by name", async () => {
    const { body } = await create(application("kept"));
    const remove = (options: object | string, headers = {}) =>
      ask(server, `${APPLICATIONS}/kept`, { method: "DELETE", body: options, headers });
    const uid = await remove({ preconditions: { uid: "other" } });
    assert.equal(uid.status, 409);
    assert.match(
      uid.body.message,
      /^Operation cannot be fulfilled on Application\..* "kept": the UID in the precondition \(other\)/,
    );
    const version = await remove({ preconditions: { resourceVersion: "1" } });
    assert.match(version.body.message, /the ResourceVersion in the precondition \(1\) does not match/);
    const policy = await remove({ propagationPolicy: "Nope" });
    assert.deepEqual(policy.body.details.causes[0], {
      reason: "FieldValueNotSupported",
      message: 'Unsupported value: "Nope": supported values: "Foreground", "Background", "Orphan", "nil"',
      field: "propagationPolicy",
    });
    assert.equal((await remove({ dryRun: ["Some"] })).status, 422);
    assert.equal((await remove({ kind: "Application" })).status, 400);
    assert.equal((await remove("[]")).status, 400);
    assert.equal((await remove("{}", { "content-type": "text/xml" })).status, 415);
    const good = {
      kind: "DeleteOptions",
      apiVersion: `${G}/v1alpha1`,
      gracePeriodSeconds: 1,
      preconditions: { uid: body.metadata["uid"] },
    };
    assert.equal((await remove(good)).status, 200);
  });

  test("delete - an empty body with a content type, and options in the query, are read", async () => {
    await create(application("query"));
    const headers = { "content-type": "application/json" };
    const bad = await ask(server, `${APPLICATIONS}/query?propagationPolicy=Nope`, {
      method: "DELETE",
      headers,
    });
    assert.equal(bad.status, 422);
    const dry = await ask(server, `${APPLICATIONS}/query?dryRun=All`, { method: "DELETE", headers });
    assert.equal(dry.status, 200);
    assert.equal((await ask(server, `${APPLICATIONS}/query`)).status, 200);
  });

  test("delete - of an owner takes its dependents along, or orphans them", async () => {
    for (const [policy, left] of [
      ["Background", 404],
      ["Orphan", 200],
    ] as const) {
      const owner = (await ask(server, CONFIG_MAPS, { body: { metadata: { name: `owner-${left}` } } })).body;
      const ownerReferences = [
        { apiVersion: "v1", kind: "ConfigMap", name: `owner-${left}`, uid: owner.metadata["uid"] },
      ];
      await ask(server, CONFIG_MAPS, { body: { metadata: { name: `owned-${left}`, ownerReferences } } });
      await ask(server, `${CONFIG_MAPS}/owner-${left}`, {
        method: "DELETE",
        body: { propagationPolicy: policy },
      });
      assert.equal((await ask(server, `${CONFIG_MAPS}/owned-${left}`)).status, left, policy);
    }
  });

  test("deletecollection - what a selector finds goes, and the list says what it was", async () => {
    await ask(server, "/api/v1/namespaces", { body: { metadata: { name: "bulk" } } });
    const path = "/api/v1/namespaces/bulk/configmaps";
    for (const [name, set] of [
      ["a", "x"],
      ["b", "x"],
      ["c", "y"],
    ] as const) {
      await ask(server, path, { body: { metadata: { name, labels: { set } } } });
    }
    const { body } = await ask(server, `${path}?labelSelector=set%3Dx`, { method: "DELETE" });
    assert.deepEqual(
      [body.kind, body.items.map((item) => item.metadata["name"])],
      ["ConfigMapList", ["a", "b"]],
    );
    const left = await ask(server, path);
    assert.deepEqual(
      left.body.items.map((item) => item.metadata["name"]),
      ["c"],
    );
  });
});
