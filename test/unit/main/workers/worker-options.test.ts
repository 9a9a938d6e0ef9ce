import { deepEqual, equal } from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { gatewaySettings } from "../../../../src/gateway/options.ts";
import { partOfGateway, workerCount, workersSetting } from "../../../../src/main/workers/worker-options.ts";
import { defaultsOf } from "../../../doubles/setting-defaults.ts";

test("workers setting - is a whole number from 1 to 64, or auto", () => {
  const read = ["1", 4, "64", "auto", "0", 65, "1.5", "-1", "many", "", true].map(workersSetting.parse);
  deepEqual(read, [1, 4, 64, "auto", ...Array.from({ length: 7 })]);
  equal(workerCount(3), 3);
  equal(workerCount("auto"), Math.min(availableParallelism(), 64));
});

test("workers setting - what may be at a time on the machine is divided among them", () => {
  const whole = { ...defaultsOf(gatewaySettings), maxTunnels: 5, retryBufferTotalBytes: 100 };
  const { maxTunnels, retryBufferTotalBytes, ...others } = partOfGateway(whole, 2);
  deepEqual([maxTunnels, retryBufferTotalBytes], [3, 50]);
  deepEqual({ ...others, maxTunnels: 5, retryBufferTotalBytes: 100 }, whole);
  equal(partOfGateway({ ...whole, maxTunnels: 0 }, 2).maxTunnels, 0);
});
