import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { annotated } from "../doubles/annotated.ts";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";

const TARGET = "http://127.0.0.1:1";

test("gateway refusals - are told under the names of what was called, as far as there is such a thing", async () => {
  const annotations = { "appconn.dev/allowed-networks": "192.0.2.0/24" };
  await using gateway = await startGateway({ applications: [annotated(shop(TARGET), annotations)] });
  const told = async (path: string, headers: readonly string[] = []) => {
    await gateway.call("GET", path, { headers });
    const { failure, application, service, entry } = gateway.finished.at(-1) ?? {};
    return [failure, application, service, entry];
  };
  const orders = ["GATEWAY_CALLER_REFUSED", "shop", "orders-api", "rest-v1"];
  deepEqual(await told("/shop/orders-api/x"), orders);
  deepEqual(await told("/x", ["Host: shop-id-of-orders-api"]), orders);
  deepEqual(await told("/shop/misspelt/x"), ["GATEWAY_UNKNOWN_SERVICE", "shop", "", ""]);
  // A name that anybody may think of is none of ours.
  deepEqual(await told("/nobody/misspelt/x"), ["GATEWAY_UNKNOWN_SERVICE", undefined, undefined, undefined]);
});
