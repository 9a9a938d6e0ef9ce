import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { CommandError } from "../../../src/cli/command-error.ts";
import { readKubeconfig } from "../../../src/cli/server/kubeconfig.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

interface Overrides {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

function kubeconfig({ cluster, user, context }: Overrides = {}): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "appconn",
    clusters: [{ name: "appconn", cluster: { server: "https://127.0.0.1:8090/", ...cluster } }],
    users: [{ name: "admin", user: { token: "s3cret", ...user } }],
    contexts: [{ name: "appconn", context: { cluster: "appconn", user: "admin", ...context } }],
  };
}

const none = (path: string): string => {
  throw new Error(`ENOENT ${path}`);
};

function read(content: object, options: { context?: string; readFile?: (path: string) => string } = {}) {
  const files = [{ path: "/home/a/.kube/config", text: stringify(content) }];
  return readKubeconfig(files, { readFile: none, ...options });
}

test("kubeconfig - server, CA, token and namespace of the current context", () => {
  const connection = read(
    kubeconfig({
      cluster: { "certificate-authority-data": base64("PEM") },
      context: { namespace: "shop" },
    }),
  );
  assert.deepEqual(connection, {
    server: "https://127.0.0.1:8090",
    source: "/home/a/.kube/config",
    namespace: "shop",
    tls: { verify: true, ca: "PEM" },
    authorization: "Bearer s3cret",
    product: {},
  });
});

test("kubeconfig - JSON is read like YAML, as our own server writes it", () => {
  const files = [{ path: "/d/kubeconfig", text: JSON.stringify(kubeconfig()) }];
  assert.equal(readKubeconfig(files, { readFile: none }).authorization, "Bearer s3cret");
});

test("kubeconfig - files are looked for beside it, data wins over files", () => {
  const readFile = (path: string): string => `content of ${path}`;
  const { tls } = read(
    kubeconfig({
      cluster: { "certificate-authority": "ca.crt", "tls-server-name": "other" },
      user: { "client-certificate": "/abs/tls.crt", "client-key": "x", "client-key-data": base64("KEY") },
    }),
    { readFile },
  );
  assert.deepEqual(tls, {
    verify: true,
    ca: "content of /home/a/.kube/ca.crt",
    certificate: "content of /abs/tls.crt",
    key: "KEY",
    serverName: "other",
  });
});

test("kubeconfig - a token file wins over a token, and its line end does not count", () => {
  const content = kubeconfig({ user: { tokenFile: "token" } });
  assert.equal(read(content, { readFile: () => "fresh\n" }).authorization, "Bearer fresh");
});

test("kubeconfig - several files: the first that names a thing wins, as with kubectl", () => {
  const first = { path: "/1/config", text: stringify({ "current-context": "two" }) };
  const second = {
    path: "/2/config",
    text: stringify(kubeconfig({ cluster: { "certificate-authority": "ca" } })),
  };
  const third = {
    path: "/3/config",
    text: stringify({
      contexts: [{ name: "two", context: { cluster: "appconn", user: "nobody" } }],
      clusters: [{ name: "appconn", cluster: { server: "https://third" } }],
    }),
  };
  const connection = readKubeconfig([first, second, third], { readFile: (path) => path });
  assert.equal(connection.server, "https://127.0.0.1:8090");
  assert.equal(connection.tls.ca, "/2/ca");
  assert.equal(connection.authorization, undefined);
  assert.equal(connection.source, "/1/config:/2/config:/3/config");
});

test("kubeconfig - what our server tells about itself comes from its extension", () => {
  const extension = { gatewayUrl: "http://localhost:9080", credentialsNamespace: "keys", other: 1 };
  const { product } = read(kubeconfig({ cluster: { extensions: [{ name: "appconn.dev", extension }] } }));
  assert.deepEqual(product, { gatewayUrl: "http://localhost:9080", credentialsNamespace: "keys" });
});

test("kubeconfig - what is missing or cannot be done is said, with the file", () => {
  const cases: readonly [object, RegExp][] = [
    [{ ...kubeconfig(), "current-context": "" }, /names no current-context/],
    [{ ...kubeconfig(), "current-context": "gone" }, /has no context "gone"/],
    [kubeconfig({ context: { cluster: "gone" } }), /names no cluster/],
    [kubeconfig({ cluster: { server: "nonsense" } }), /has no server URL/],
    [
      kubeconfig({ cluster: { "certificate-authority": "ca.crt" } }),
      /certificate-authority ca.crt cannot be read/,
    ],
    [kubeconfig({ user: { exec: { command: "aws" } } }), /logs in by "exec", which needs kubectl/],
    [kubeconfig({ cluster: { "proxy-url": "http://p" } }), /"proxy-url"/],
  ];
  for (const [content, expected] of cases) {
    assert.throws(
      () => read(content),
      (error: Error) => {
        assert.ok(error instanceof CommandError);
        assert.match(error.message, expected);
        assert.match(error.message, /^kubeconfig \/home\/a\/\.kube\/config: /);
        return true;
      },
    );
  }
});

test("kubeconfig - credentials do not cross a network in the clear", () => {
  assert.throws(() => read(kubeconfig({ cluster: { server: "http://10.0.0.1:8090" } })), /use https/);
  for (const server of ["http://127.0.0.1:8090", "http://localhost:1", "http://[::1]:1"]) {
    assert.equal(read(kubeconfig({ cluster: { server } })).authorization, "Bearer s3cret");
  }
});

test("kubeconfig - nothing of a broken file is quoted", () => {
  fc.assert(
    fc.property(fc.string(), (noise) => {
      const files = [{ path: "/d/kubeconfig", text: `token: [s3cret${noise}` }];
      try {
        readKubeconfig(files, { readFile: none });
      } catch (error) {
        assert.ok(error instanceof CommandError);
        assert.ok(!error.message.includes("s3cret"));
      }
    }),
  );
});
