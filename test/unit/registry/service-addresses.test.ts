import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceAddresses } from "../../../src/registry/service-addresses.ts";

const service = { application: "shop", id: "5f1c", displayName: "Orders API" };
const credentialsNamespace = "kyma-system";

test("service addresses - those of the gateway have its base URL in front", () => {
  for (const gatewayUrl of ["https://gateway.example/base", "https://gateway.example/base/"]) {
    assert.deepEqual(serviceAddresses(service, { compat: "2x", gatewayUrl, credentialsNamespace }), {
      gatewayUrl: "https://gateway.example/base/shop/orders-api",
      centralGatewayUrl: "https://gateway.example/base/shop/orders-api",
      address: { scheme: "https", host: "gateway.example", basePath: "/base/shop/orders-api" },
    });
  }
});

test("service addresses - a Swagger document of 1.x names the Access Service alone", () => {
  const addressing = { compat: "1x", gatewayUrl: "http://localhost:8080", credentialsNamespace } as const;
  assert.deepEqual(serviceAddresses(service, addressing), {
    gatewayUrl: "http://shop-5f1c.kyma-system.svc.cluster.local",
    centralGatewayUrl: undefined,
    address: {
      scheme: "http",
      host: "shop-5f1c.kyma-system.svc.cluster.local",
      basePath: undefined,
    },
  });
});
