import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { userOf } from "../doubles/access.ts";
import { startAdminServer, type AdminServer } from "../doubles/admin-server.ts";
import { eventually } from "../doubles/eventually.ts";
import { findBinary } from "../tools/binary.ts";
import { run, type Ran, type RunOptions } from "../tools/run.ts";

const binary = findBinary("kubectl");

suite("kubectl", { skip: binary.skip }, () => {
  let server: AdminServer;
  let directory: string;

  before(async () => {
    server = await startAdminServer();
    directory = await mkdtemp(join(tmpdir(), "appconn-kubectl-"));
  });

  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
    assert.deepEqual(server.surprises, []);
  });

  function kubectl(args: string, options: RunOptions & { extra?: readonly string[] } = {}): Promise<Ran> {
    const all = [...args.split(" "), ...(options.extra ?? [])];
    // HOME keeps the discovery cache of this run apart from everybody's.
    const env = { KUBECONFIG: server.kubeconfig, HOME: directory, ...options.env };
    return run(binary.path ?? "", all, { ...options, env, directory });
  }

  async function shows(expected: string | RegExp, ...args: Parameters<typeof kubectl>): Promise<string> {
    const { output, code } = await kubectl(...args);
    if (typeof expected === "string") assert(output.includes(expected), `${args[0]}: ${output}`);
    else assert.match(output, expected);
    assert.equal(code, 0, output);
    return output;
  }

  async function refuses(expected: string | RegExp, ...args: Parameters<typeof kubectl>): Promise<string> {
    const { output, code } = await kubectl(...args);
    if (typeof expected === "string") assert(output.includes(expected), `${args[0]}: ${output}`);
    else assert.match(output, expected);
    assert.notEqual(code, 0, output);
    return output;
  }

  function application(name: string, description: string, metadata: object = {}): string {
    return JSON.stringify({
      apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
      kind: "Application",
      metadata: { name, ...metadata },
      spec: { description, labels: { region: "eu" }, tags: ["a", "b"] },
    });
  }

  const apply = (input: string) => ["apply -f -", { input }] as const;

  test("kubectl - version and api-resources name the server and its kinds", async () => {
    await shows("Server Version: v1.36.0+appconn", "version");
    const resources = await shows(
      /applications +app +applicationconnector\.kyma-project\.io\/v1alpha1 +false/,
      "api-resources",
    );
    assert.match(resources, /secrets +v1 +true +Secret/);
    assert.match(resources, /namespaces +ns +v1 +false +Namespace/);
  });

  test("kubectl - explain says what a kind and its fields are", async () => {
    const services = await shows("entries\t<[]Object> -required-", "explain application.spec.services");
    assert.match(services, /FIELD: services <\[\]Object>/);
    assert.match(services, /displayName\t<string> -required-\n +Second path segment of the gateway/);
    await shows(/KIND: +Application\n/, "explain app");
    await shows(/GROUP: +eventing\.kyma-project\.io\n/, "explain subscriptions");
    await shows("A space for names", "explain ns");
    await shows("Plain values, which win over data; never returned.", "explain secret.stringData");
    await shows(/labels\t<map\[string\]string>/, "explain app.metadata");
    await shows("tokenEndpointURL", "explain app --recursive");
    await refuses('field "nope" does not exist', "explain app.spec.nope");
  });

  test("kubectl - a wrong token is told that it must log in", async () => {
    await refuses("You must be logged in to the server (Unauthorized)", "--token=wrong get ns");
  });

  test("kubectl - auth whoami and can-i tell of the user and his role", async () => {
    await shows(/Username +admin/, "auth whoami");
    await shows("yes", "auth can-i create applications.applicationconnector.kyma-project.io");
    await shows(/\*\.\* +\[\] +\[\] +\[\*\]/, "auth can-i --list");
    const { token } = await userOf(server, { name: "limited", role: "editor", applications: ["shop"] });
    await shows(/Username +limited\n[^]*appconn:editor/, `--token=${token} auth whoami`);
    const kind = "applications.applicationconnector.kyma-project.io";
    await shows("yes", `--token=${token} auth can-i patch ${kind}/shop`);
    await refuses("no", `--token=${token} auth can-i patch ${kind}/other`);
    await refuses("no", `--token=${token} auth can-i get secrets -n kube-system`);
    await shows(
      /applications\.applicationconnector\S+ +\[\] +\[\] +\[create delete/,
      `--token=${token} auth can-i --list`,
    );
  });

  test("kubectl - who may not is told so, and a limited token lists and writes what is its own", async () => {
    const { token } = await userOf(server, { name: "team", role: "editor", applications: ["team-app"] });
    await shows("created", ...apply(application("team-other", "of others")));
    const own = application("team-app", "one");
    await shows("created", `--token=${token} apply -f -`, { input: own });
    await shows("unchanged", `--token=${token} apply -f -`, { input: own });
    const changed = application("team-app", "two");
    await shows("configured", `--token=${token} apply -f -`, { input: changed });
    const names = await shows("team-app", `--token=${token} get app -o name`);
    assert.ok(!names.includes("team-other"), names);
    await refuses(
      /Error from server \(Forbidden\): .* User "team" cannot get resource "applications"/,
      `--token=${token} get app team-other`,
    );
    await refuses("Forbidden", `--token=${token} delete app team-other`);
    await shows("deleted", `--token=${token} delete app team-app`);
    await shows("deleted", "delete app team-other");
  });

  test("kubectl - readiness can be asked raw", async () => {
    await shows("ok", "get --raw /readyz");
  });

  test("kubectl - apply says created, unchanged and configured", async () => {
    await shows("shop created", ...apply(application("shop", "one")));
    await shows("shop unchanged", ...apply(application("shop", "one")));
    await shows("shop configured", ...apply(application("shop", "two")));
    const template = "jsonpath={.spec.description} {.metadata.generation}";
    await shows("two 2", "get app shop -o", { extra: [template] });
  });

  test("kubectl - apply refuses an unknown field by its path and changes nothing", async () => {
    const typo = application("typo", "one").replace("description", "descripton");
    await refuses('unknown field "spec.descripton"', ...apply(typo));
    await refuses('"typo" not found', "get app typo");
  });

  test("kubectl - apply with warnings keeps the rest and says what it dropped", async () => {
    const typo = application("warned", "one").replace("description", "descripton");
    await shows('Warning: unknown field "spec.descripton"', "apply --validate=warn -f -", { input: typo });
  });

  test("kubectl - every wrong field of an Application is named", async () => {
    const value = {
      ...JSON.parse(application("wrong", "one")),
      spec: { services: [{ id: 1, entries: [{ type: "X" }] }] },
    };
    const output = await refuses('The Application "wrong" is invalid', ...apply(JSON.stringify(value)));
    assert.match(output, /spec\.services\[0\]\.id: Invalid value: "integer": .* must be of type string/);
    assert.match(
      output,
      /spec\.services\[0\]\.entries\[0\]\.type: Unsupported value: "X": supported values: "API", "Events"/,
    );
    assert.match(output, /spec\.services\[0\]\.displayName: Required value/);
  });

  test("kubectl - diff and a server-side dry run show a change and keep nothing", async () => {
    await shows("created", ...apply(application("diffed", "one")));
    const { output } = await kubectl("diff -f -", { input: application("diffed", "three") });
    assert.match(output, /^\+ +description: three$/m);
    await shows("configured (server dry run)", "apply --dry-run=server -f -", {
      input: application("diffed", "three"),
    });
    await shows("one", "get app diffed -o jsonpath={.spec.description}");
    await shows("created (server dry run)", "apply --dry-run=server -f -", {
      input: application("dry", "one"),
    });
    await refuses("not found", "get app dry");
  });

  test("kubectl - Services are created, applied and listed as in a cluster", async () => {
    await shows("service/orders created", "create service clusterip orders --tcp=80:8080");
    await shows(
      /NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\norders +ClusterIP +<none> +<none> +80\/TCP +\d+s/,
      "get services",
    );
    const service = (targetPort: number | string) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "users" },
        spec: { selector: { app: "users" }, ports: [{ name: "http", port: 80, targetPort }] },
      });
    await shows("service/users created", ...apply(service(8080)));
    await shows("service/users unchanged", ...apply(service(8080)));
    await shows("service/users configured", ...apply(service("web")));
    await shows("80 web", "get svc users -o", {
      extra: ["jsonpath={.spec.ports[0].port} {.spec.ports[0].targetPort}"],
    });
    await refuses("spec.ports: Required value", ...apply(service(8080).replace(/,"ports".*]/, "")));
  });

  test("kubectl - create twice says AlreadyExists", async () => {
    await shows("namespace/twice created", "create ns twice");
    await refuses("AlreadyExists", "create ns twice");
  });

  test("kubectl - create secret and configmap send protobuf and are read back", async () => {
    await shows("secret/g created", "create secret generic g --from-literal=a=b --from-literal=empty=");
    await shows('{"a":"Yg==","empty":""} Opaque', "get secret g -o", { extra: ["jsonpath={.data} {.type}"] });
    await shows("configmap/c created", "create cm c --from-literal=k=v");
    await shows('{"k":"v"}', "get cm c -o jsonpath={.data}");
  });

  test("kubectl - a Secret is patched strategically, and described without its values", async () => {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      stringData: { user: "u", password: "p" },
    };
    await shows("secret/s created", ...apply(JSON.stringify(secret)));
    await shows("patched", "patch secret s -p", {
      extra: ['{"data":{"user":null},"stringData":{"more":"m"}}'],
    });
    await shows('{"more":"bQ==","password":"cA=="}', "get secret s -o jsonpath={.data}");
    await shows("password:  1 bytes", "describe secret s");
  });

  test("kubectl - get shows columns, and selects by label and field", async () => {
    await shows(
      "created",
      ...apply(application("listed", "for the table", { labels: { set: "recipe", tier: "gold" } })),
    );
    await shows(/^NAME +SERVICES +STATUS +AGE\n(.*\n)*listed +0 +[0-9]+s$/m, "get app");
    await shows(/^NAME .* DESCRIPTION\n(.*\n)*listed .* for the table$/m, "get app -o wide");
    await shows(/listed .*set=recipe,tier=gold/, "get app --show-labels");
    await shows("listed", "get app -A -o name -l", { extra: ["set in (recipe),tier!=silver"] });
    await shows("No resources found", "get app -l set=other");
    const selected = await shows("listed", "get app -o name --field-selector metadata.name=listed");
    assert.equal(selected.trim(), "application.applicationconnector.kyma-project.io/listed");
    await refuses(
      "field label not supported: spec.description",
      "get app --field-selector spec.description=two",
    );
    await shows("listed", "get app --sort-by=.metadata.name");
  });

  test("kubectl - a list in chunks of one is complete", async () => {
    for (const name of ["chunk-a", "chunk-b", "chunk-c"]) {
      await shows("created", ...apply(application(name, "x", { labels: { chunk: "yes" } })));
    }
    const output = await shows("chunk-c", "get app --chunk-size=1 -o name -l chunk=yes");
    assert.equal(output.trim().split("\n").length, 3);
  });

  test("kubectl - a missing object is not found", async () => {
    await refuses('applications.applicationconnector.kyma-project.io "nope" not found', "get app nope");
  });

  test("kubectl - a merge patch that changes nothing says so", async () => {
    await shows("created", ...apply(application("same", "one")));
    await shows("patched (no change)", "patch app same --type=merge -p {}");
  });

  test("kubectl - a JSON patch changes an object, or says which operation cannot be done", async () => {
    await shows("created", ...apply(application("operated", "one")));
    const remove = '[{"op":"remove","path":"/spec/tags/0"}]';
    await shows("patched", "patch app operated --type=json -p", { extra: [remove] });
    await shows('["b"]', "get app operated -o jsonpath={.spec.tags}");
    await shows("patched", "patch app operated --type=json -p", { extra: [remove] });
    await refuses(
      'The Application "operated" is invalid: patch: operation 1 (remove /spec/tags/0): the path does not exist',
      "patch app operated --type=json -p",
      { extra: [remove] },
    );
  });

  const applyAs = (manager: string, input: string, more = "") =>
    [`apply --server-side --field-manager=${manager}${more} -f -`, { input }] as const;

  test("kubectl - a server-side apply names the managers that it conflicts with", async () => {
    await shows("created", ...apply(application("served", "one")));
    await shows("replaced", "replace -f -", { input: application("served", "two") });
    const two = application("served", "two");
    await shows("serverside-applied", "apply --server-side --force-conflicts -f -", { input: two });
    const three = application("served", "three");
    await refuses('conflicts with "kubectl"', ...applyAs("robot", three));
    await shows("serverside-applied", ...applyAs("robot", three, " --force-conflicts"));
    await refuses('conflict with "robot": .spec.description', "apply --server-side -f -", { input: two });
    const fields = await shows("robot", "get app served --show-managed-fields -o yaml");
    assert.match(fields, /operation: Apply/);
    const hidden = await shows("three", "get app served -o yaml");
    assert.equal(hidden.includes("managedFields"), false);
  });

  test("kubectl - a server-side apply makes an object, takes away what it names no more, and can be tried", async () => {
    await shows("serverside-applied", ...applyAs("robot", application("fresh", "one")));
    await shows("serverside-applied", ...applyAs("robot", application("fresh", "one")));
    const bare = application("fresh", "two").replace(/,"tags".*]/, "");
    await shows("serverside-applied (server dry run)", ...applyAs("robot", bare, " --dry-run=server"));
    await shows('one ["a","b"]', "get app fresh -o", {
      extra: ["jsonpath={.spec.description} {.spec.tags}"],
    });
    await shows("serverside-applied", ...applyAs("robot", bare));
    await shows(/^two $/m, "get app fresh -o", { extra: ["jsonpath={.spec.description} {.spec.tags}"] });
    const typo = application("fresh", "one").replace("description", "descripton");
    await refuses(".spec.descripton: field not declared in schema", ...applyAs("robot", typo));
  });

  test("kubectl - what it applied itself becomes server-side without a conflict, and back", async () => {
    await shows("created", ...apply(application("moved", "one")));
    const two = application("moved", "two");
    await shows("serverside-applied", "apply --server-side -f -", { input: two });
    // What kubectl applied on its own is now its server-side apply: what is left out goes.
    const bare = application("moved", "two").replace(/,"tags".*]/, "");
    await shows("serverside-applied", "apply --server-side -f -", { input: bare });
    await shows(/^two $/m, "get app moved -o", { extra: ["jsonpath={.spec.description} {.spec.tags}"] });
    const fields = await shows("kubectl", "get app moved --show-managed-fields -o yaml");
    assert.equal(fields.includes("manager: kubectl-client-side-apply"), false, fields);
    await shows("moved configured", ...apply(application("moved", "three")));
  });

  test("kubectl - Secrets are applied server-side too", async () => {
    const secret = (password: string) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "applied" },
        stringData: { user: "u", password },
      });
    await shows("serverside-applied", ...applyAs("robot", secret("p")));
    await shows("serverside-applied", ...applyAs("robot", secret("q")));
    await shows('{"password":"cQ==","user":"dQ=="}', "get secret applied -o jsonpath={.data}");
    await refuses('conflicts with "robot"', ...applyAs("other", secret("r")));
  });

  test("kubectl - a strategic patch of an Application is refused", async () => {
    await shows("created", ...apply(application("unpatched", "one")));
    await refuses("strategic-merge-patch+json is not supported", "patch app unpatched -p", {
      extra: ['{"spec":{}}'],
    });
  });

  test("kubectl - label changes, and annotate with a stale version is refused", async () => {
    await shows("created", ...apply(application("labelled", "one")));
    await shows("labeled", "label app labelled tier=gold");
    await refuses("the object has been modified", "annotate app labelled a=b --resource-version=1");
    await shows("annotated", "annotate app labelled a=b");
  });

  test("kubectl - edit and replace write the object", async () => {
    await shows("created", ...apply(application("edited", "two")));
    await shows("edited", "edit app edited", { env: { KUBE_EDITOR: "sed -i s/two/changed/" } });
    await shows("changed", "get app edited -o jsonpath={.spec.description}");
    await shows("replaced", "replace -f -", { input: application("edited", "replaced") });
    await shows("replaced", "get app edited -o jsonpath={.spec.description}");
    await shows(/deleted[^]*replaced/, "replace --force -f -", { input: application("edited", "forced") });
  });

  test("kubectl - a finalizer holds a deleted object until it is taken away", async () => {
    await shows("held created", "create -f -", {
      input: application("held", "x", { finalizers: ["recipe.io/hold"] }),
    });
    await refuses("timed out", "delete app held --timeout=1s");
    await shows("T", "get app held -o jsonpath={.metadata.deletionTimestamp}");
    const waiting = kubectl("wait --for=delete app/held --timeout=30s");
    await shows("patched", "patch app held --type=merge -p", { extra: ['{"metadata":{"finalizers":null}}'] });
    const { output, code } = await waiting;
    assert.equal(code, 0, output);
    await refuses("not found", "get app held");
  });

  test("kubectl - wait sees a value that is there, and one that comes", async () => {
    await shows("created", ...apply(application("awaited", "now")));
    await shows("condition met", "wait --for=jsonpath={.spec.description}=now app/awaited --timeout=20s");
    const waiting = shows(
      "condition met",
      "wait --for=jsonpath={.spec.description}=later app/awaited --timeout=30s",
    );
    await eventually(async () => {
      await shows("patched", "patch app awaited --type=merge -p", {
        extra: ['{"spec":{"description":"later"}}'],
      });
    });
    await waiting;
  });

  test("kubectl - wait for what does not come ends at its own time-out", async () => {
    await shows("created", ...apply(application("never", "now")));
    await refuses(
      "timed out waiting for the condition",
      "wait --for=jsonpath={.spec.description}=x app/never --timeout=1s",
    );
  });

  test("kubectl - a watch prints a change while it happens", async () => {
    await shows("created", ...apply(application("watched", "one")));
    const stop = new AbortController();
    const listed = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<void>();
    const watching = kubectl("get app watched -w --output-watch-events", {
      signal: stop.signal,
      onOutput(output) {
        if (output.includes("ADDED")) listed.resolve();
        if (output.includes("MODIFIED")) changed.resolve();
      },
    });
    await listed.promise;
    await shows("labeled", "label app watched seen=yes");
    await changed.promise;
    stop.abort();
    await watching;
  });

  test("kubectl - a namespace takes its contents along, and the first ones stay", async () => {
    await shows("created", "create ns doomed");
    await shows("created", "-n doomed create secret generic inside --from-literal=a=b");
    await shows("deleted", "delete ns doomed");
    // kubectl asks for the namespace when the Secret is not there.
    await refuses('namespaces "doomed" not found', "-n doomed get secret inside");
    await shows("created", "create ns doomed");
    await refuses('secrets "inside" not found', "-n doomed get secret inside");
    await refuses("this namespace may not be deleted", "delete ns kube-system");
  });

  test("kubectl - what a deleted object owned goes with it, and stays with --cascade=orphan", async () => {
    for (const cascade of ["background", "foreground", "orphan"]) {
      await shows("created", ...apply(application(`owner-${cascade}`, "x")));
      const { output: uid } = await kubectl(`get app owner-${cascade} -o jsonpath={.metadata.uid}`);
      const { apiVersion, kind } = JSON.parse(application("x", "x"));
      const ownerReferences = [{ apiVersion, kind, name: `owner-${cascade}`, uid }];
      const owned = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: `of-${cascade}`, ownerReferences },
      };
      await shows("created", ...apply(JSON.stringify(owned)));
      await shows("deleted", `delete app owner-${cascade} --cascade=${cascade}`);
      if (cascade === "orphan") {
        const { output } = await kubectl(`get cm of-${cascade} -o jsonpath={.metadata.ownerReferences}`);
        assert.equal(output, "");
      } else await refuses("not found", `get cm of-${cascade}`);
    }
  });

  test("kubectl - a Secret in an unknown namespace is refused by the namespace's name", async () => {
    await refuses('namespaces "nowhere" not found', "-n nowhere create secret generic x --from-literal=a=b");
  });

  test("kubectl - what is not served is said clearly", async () => {
    await shows("created", ...apply(application("refused", "one")));
    await refuses("NotFound", "scale app refused --replicas=2");
    await refuses(`the server doesn't have a resource type "pods"`, "get pods");
    const pod = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } });
    await refuses('no matches for kind "Pod"', ...apply(pod));
  });

  test("kubectl - several files, a selector and --all delete what they name", async () => {
    const labels = { bulk: "yes" };
    for (const name of ["bulk-a", "bulk-b"]) {
      await writeFile(join(directory, `${name}.json`), application(name, "x", { labels }));
    }
    await shows(/bulk-a created[^]*bulk-b created/, "apply -f bulk-a.json -f bulk-b.json");
    await shows(/"bulk-a" deleted[^]*"bulk-b" deleted/, "delete app -l bulk=yes");
    await shows("created", "create ns emptied");
    await shows("created", "-n emptied create cm a --from-literal=a=b");
    await shows('"a" deleted', "-n emptied delete cm --all");
  });
});
