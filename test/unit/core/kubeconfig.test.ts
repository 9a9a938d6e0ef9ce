import assert from "node:assert/strict";
import { test } from "node:test";
import { kubeconfigText } from "../../../src/core/kubeconfig.ts";

const PARTS = { server: "https://127.0.0.1:8090", authority: "PEM", user: "admin", token: "t" };

const DOCUMENT = `{
  "apiVersion": "v1",
  "kind": "Config",
  "clusters": [
    {
      "name": "appconn",
      "cluster": {
        "server": "https://127.0.0.1:8090",
        "certificate-authority-data": "UEVN"
      }
    }
  ],
  "users": [
    {
      "name": "admin",
      "user": {
        "token": "t"
      }
    }
  ],
  "contexts": [
    {
      "name": "appconn",
      "context": {
        "cluster": "appconn",
        "user": "admin",
        "namespace": "default"
      }
    }
  ],
  "current-context": "appconn"
}
`;

test("kubeconfig - it is the document of the specification, as JSON laid out for people", () => {
  assert.equal(kubeconfigText({ ...PARTS, gateway: undefined }), DOCUMENT);
});

test("kubeconfig - where a gateway runs, an extension says how it is called", () => {
  const gateway = {
    gatewayUrl: "http://localhost:9080",
    compassUrl: "http://localhost:9082",
    credentialsNamespace: "kyma-system",
  };
  const config = JSON.parse(kubeconfigText({ ...PARTS, gateway })) as {
    clusters: readonly { cluster: { extensions: unknown } }[];
  };
  assert.deepEqual(config.clusters[0]?.cluster.extensions, [{ name: "appconn.dev", extension: gateway }]);
});
