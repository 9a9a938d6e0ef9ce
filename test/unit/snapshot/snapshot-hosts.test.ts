import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { api, application, service } from "../../doubles/applications.ts";
import { holdApplication } from "../../doubles/held-application.ts";

const CUT = "of-two-that-are-cut-to-one";

/** An Application of one service, whose Access Service has the same name for all of them. */
function compiled(context: TestContext, name: string, id = "1") {
  const value = application(name, [service("Orders", [api("https://erp.example/")], { id })]);
  return holdApplication(context, value).held.compiled;
}

test("snapshot - who had the name of an Access Service alone is told of when another comes, and again when it goes", (context) => {
  const told: string[] = [];
  const snapshot = new Snapshot((name) => void told.push(name));
  const since = () => told.splice(0);
  snapshot.publish(compiled(context, `${CUT}-a`));
  snapshot.publish(compiled(context, "shop"));
  assert.deepEqual(since(), []);
  snapshot.publish(compiled(context, `${CUT}-b`));
  assert.deepEqual(since(), [`${CUT}-a`]);
  assert.equal(snapshot.host(`${CUT}-1`)?.length, 2);
  snapshot.withdraw(`${CUT}-b`);
  assert.deepEqual(since(), [`${CUT}-a`]);
  snapshot.publish(compiled(context, `${CUT}-b`));
  assert.deepEqual(since(), [`${CUT}-a`]);
  snapshot.publish(compiled(context, `${CUT}-b`, "2"));
  assert.deepEqual(since(), [`${CUT}-a`]);
  assert.equal(snapshot.host(`${CUT}-1`)?.length, 1);
});
