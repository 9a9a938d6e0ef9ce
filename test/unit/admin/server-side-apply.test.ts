import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import {
  APPLICATIONS,
  application,
  ask,
  refusal,
  SECRETS,
  type Answered,
} from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const G = "applicationconnector.kyma-project.io";

interface Entry {
  readonly manager: string;
  readonly operation: string;
}

const managers = ({ metadata }: Answered): string[] =>
  ((metadata["managedFields"] ?? []) as unknown as Entry[]).map(
    ({ manager, operation }) => `${manager} ${operation}`,
  );

suite("admin server-side apply", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const apply = (path: string, body: object | string, query = "?fieldManager=m") =>
    ask(server, `${path}${query}`, {
      method: "PATCH",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/apply-patch+yaml" },
    });

  test("apply - 201 makes an object from YAML, 200 changes it, and the same again keeps the version", async () => {
    const path = `${APPLICATIONS}/yaml`;
    const yaml = (description: string) =>
      `apiVersion: ${G}/v1alpha1\nkind: Application\nmetadata: {name: yaml}\nspec:\n  description: ${description}\n`;
    const made = await apply(path, yaml("one"));
    assert.deepEqual([made.status, made.body.spec["description"]], [201, "one"]);
    assert.deepEqual(managers(made.body), ["m Apply"]);
    const changed = await apply(path, yaml("two"));
    assert.deepEqual([changed.status, changed.body.metadata["generation"]], [200, 2]);
    const same = await apply(path, application("yaml", { spec: { description: "two" } }));
    assert.deepEqual(same.body.metadata, changed.body.metadata);
  });

  test("apply - a conflict is a 409 with a cause for each field, and force=true takes them", async () => {
    const path = `${APPLICATIONS}/fought`;
    const body = (description: string, tags: string[]) =>
      application("fought", { spec: { description, tags } });
    await apply(path, body("one", ["a"]), "?fieldManager=first");
    const answer = await apply(path, body("two", ["b"]), "?fieldManager=second&force=false");
    const message =
      'Apply failed with 2 conflicts: conflicts with "first":\n- .spec.description\n- .spec.tags';
    assert.deepEqual(refusal(answer), { code: 409, reason: "Conflict", message });
    assert.deepEqual(answer.body.details, {
      causes: [
        { reason: "FieldManagerConflict", message: 'conflict with "first"', field: ".spec.description" },
        { reason: "FieldManagerConflict", message: 'conflict with "first"', field: ".spec.tags" },
      ],
    });
    const forced = await apply(path, body("two", ["b"]), "?fieldManager=second&force=true");
    assert.deepEqual([forced.status, managers(forced.body)], [200, ["second Apply"]]);
  });

  test("apply - the manager must be named, and force is for an apply alone", async () => {
    const path = `${APPLICATIONS}/unnamed`;
    const missing = await apply(path, application("unnamed"), "");
    assert.equal(missing.status, 422);
    assert.deepEqual(missing.body.details.causes, [
      {
        reason: "FieldValueRequired",
        message: "Required value: is required for apply patch",
        field: "fieldManager",
      },
    ]);
    const headers = { "content-type": "application/merge-patch+json" };
    const merge = await ask(server, `${path}?force=true`, { method: "PATCH", body: {}, headers });
    assert.equal(merge.body.details.causes[0]?.field, "force");
  });

  test("apply - what cannot be applied is refused in the words of an API server", async () => {
    const path = `${APPLICATIONS}/refused`;
    const cases: [object | string, number, RegExp][] = [
      ["{", 400, /^error decoding YAML: /],
      ["a: [", 400, /^error decoding YAML: /],
      ["", 400, /^error decoding YAML: /],
      [{ metadata: { name: "refused" } }, 400, /^invalid object type: \/, Kind=$/],
      [
        application("refused", { metadata: { name: "refused", managedFields: [{}] } }),
        400,
        /^metadata.managedFields must be nil$/,
      ],
      [
        application("refused", { metadata: { name: "refused", managedFields: [] } }),
        400,
        /^metadata.managedFields must be nil$/,
      ],
      [
        application("refused", { metadata: { name: "refused", uid: "u" } }),
        409,
        /uid mismatch: the provided object specified uid u, and no existing object was found$/,
      ],
      [
        application("refused", {
          metadata: { name: "refused", ownerReferences: [{ kind: "Secret", name: "s" }] },
        }),
        422,
        /metadata.ownerReferences.uid: Invalid value: "": must not be empty/,
      ],
      [
        { ...application("refused"), metadata: {} },
        400,
        /^the name of the object \(refused based on URL\) was undeterminable: name must be provided$/,
      ],
      [application("refused", { spec: { description: null } }), 422, /must be of type string: "null"$/],
      [application("other"), 400, /does not match the name on the URL/],
      [
        application("refused", { spec: { bogus: 1 } }),
        400,
        /^failed to create typed patch object \(\/refused; .*\/v1alpha1, Kind=Application\): \.spec\.bogus: field not declared in schema$/,
      ],
      [`${" ".repeat(300_000)}a: 1`, 413, /262144/],
    ];
    for (const [body, status, message] of cases) {
      const answer = await apply(path, body, "?fieldManager=m&fieldValidation=Ignore");
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.body.message, message);
    }
    assert.equal((await ask(server, path)).status, 404);
    const elsewhere = await apply(`${SECRETS}/x`, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: "other" },
    });
    assert.equal(elsewhere.status, 400);
    const nowhere = await apply("/api/v1/namespaces/nowhere/secrets/x", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "x" },
    });
    assert.equal(nowhere.body.message, 'namespaces "nowhere" not found');
  });

  test("apply - JSON may be larger than YAML", async () => {
    const labels = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [index, "x".repeat(10_000)]));
    const answer = await apply(`${APPLICATIONS}/large`, application("large", { spec: { labels } }));
    assert.equal(answer.status, 201);
  });

  test("apply - repeated keys are refused when strict, else warned of, and the last one counts", async () => {
    const path = `${APPLICATIONS}/twice`;
    const yaml = `apiVersion: ${G}/v1alpha1\nkind: Application\nmetadata: {name: twice}\nspec: {description: a, description: b}\n`;
    const strict = await apply(path, yaml, "?fieldManager=m&fieldValidation=Strict");
    assert.equal(strict.status, 400);
    assert.match(strict.body.message, /duplicate field "spec.description"$/);
    const warned = await apply(path, yaml);
    assert.match(warned.headers.get("warning") ?? "", /duplicate field/);
    assert.equal(warned.body.spec["description"], "b");
  });

  test("managed fields - a writer is named by itself, or by its program", async () => {
    const headers = (name: string) => ({ "user-agent": name });
    const named = async (query: string, agent: string) => {
      const path = `${APPLICATIONS}${query}`;
      const answer = await ask(server, path, {
        body: { ...application(""), metadata: { generateName: "by-" } },
        headers: headers(agent),
      });
      return managers(answer.body);
    };
    assert.deepEqual(await named("?fieldManager=robot", "curl/8.1"), ["robot Update"]);
    assert.deepEqual(await named("", "helm/v3.22.0 (linux)"), ["helm Update"]);
    assert.deepEqual(await named("", "/x"), ["unknown Update"]);
    assert.deepEqual(await named("", "x".repeat(300)), [`${"x".repeat(128)} Update`]);
  });

  test("managed fields - they stand in gets, lists and patches, and a body without them keeps them", async () => {
    const path = `${APPLICATIONS}/kept`;
    await apply(path, application("kept", { spec: { description: "d" } }));
    const { body } = await ask(server, path);
    assert.deepEqual(managers(body), ["m Apply"]);
    const list = await ask(server, APPLICATIONS);
    const listed = list.body.items.find(({ metadata }) => metadata["name"] === "kept");
    assert.deepEqual(listed?.metadata, body.metadata);
    const { managedFields: _entries, ...metadata } = body.metadata as unknown as Record<string, unknown>;
    const replaced = await ask(server, path, { method: "PUT", body: { ...body, metadata } });
    assert.deepEqual(replaced.body.metadata, body.metadata);
    const json = { "content-type": "application/json-patch+json" };
    const emptied = await ask(server, path, {
      method: "PATCH",
      body: JSON.stringify([{ op: "replace", path: "/metadata/managedFields", value: [{}] }]),
      headers: json,
    });
    assert.deepEqual(managers(emptied.body), []);
  });

  test("apply - no value of a Secret stands in a refusal", async () => {
    const path = `${SECRETS}/guarded`;
    const head = { apiVersion: "v1", kind: "Secret", metadata: { name: "guarded" } };
    const secret = (more: object) => ({ ...head, ...more });
    const canary = "canary-77aa";
    const made = await apply(path, secret({ stringData: { a: canary } }), "?fieldManager=first");
    assert.equal(made.status, 201);
    const refused = [
      secret({ stringData: { a: `${canary}2` } }),
      secret({ data: { a: `${canary}!` } }),
      secret({ data: { a: [canary] } }),
      secret({ stringData: canary }),
      `{apiVersion: v1, kind: Secret, metadata: {name: guarded}, stringData: {a: "${canary}}`,
    ];
    for (const body of refused) {
      const answer = await apply(path, body, "?fieldManager=second");
      assert.equal(answer.status >= 400, true, answer.text);
      assert.equal(answer.text.includes(canary), false, answer.text);
    }
  });
});
