import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { OpenBreakers } from "../../../../src/main/workers/open-breakers.ts";

const names = { application: "shop", service: "orders", entry: "rest" };
const shop = { ...names, api: "shop/1/rest" };
const other = { ...names, api: "shop/2/rest" };

test("open breakers - each is told with the time that is left of it, until it has closed", () => {
  const breakers = new OpenBreakers();
  breakers.changed({ ...shop, wait: 1000 }, 5000);
  breakers.changed({ ...other, wait: 200 }, 5000);
  deepEqual(breakers.at(5400), [
    { ...shop, wait: 600 },
    // It has no time left, and is as open as before: 0 would say that it has closed.
    { ...other, wait: 1 },
  ]);
  breakers.changed({ ...shop, wait: 0 }, 5500);
  breakers.changed({ ...other, wait: 200 }, 5500);
  deepEqual(breakers.at(5500), [{ ...other, wait: 200 }]);
});
