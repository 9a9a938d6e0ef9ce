import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  labelNameProblems,
  labelValueProblems,
  subdomainProblems,
} from "../../../src/core/resources/name-rules.ts";
import { parametersName, resourceName, serviceName } from "../../../src/registry/resource-names.ts";
import { anyText } from "../../doubles/any-text.ts";

const ID = "fc8ba7b4-0e27-4a4a-9f6b-3b3f4f8e2a11";
const A26 = "abcdefghijklmnopqrstuvwxyz";

test("resource names - the Application's part is cut to 27 characters with its hyphen", () => {
  assert.equal(resourceName("shop", ID), `shop-${ID}`);
  assert.equal(resourceName(A26, ID), `${A26}-${ID}`);
  assert.equal(resourceName(`${A26}27`, ID), `${A26}-${ID}`);
  assert.equal(resourceName(A26, ID).length, 63);
});

test("resource names - an Application whose name has dots or begins with a digit has a legal one", () => {
  assert.equal(resourceName("v0.0.1", ID), `v0-0-1-${ID}`);
  assert.equal(resourceName("1shop", ID), `app-1shop-${ID}`);
});

test("resource names - ids that others have given are made legal and stay apart", () => {
  assert.equal(resourceName("shop", "orders"), "shop-orders");
  const [one, other] = [resourceName("shop", "Orders_1"), resourceName("shop", "Orders.1")];
  assert.equal(one, "shop-36b47-orders-1");
  assert.notEqual(one, other);
  const long = "x".repeat(300);
  assert.notEqual(
    parametersName(resourceName(A26, `${long}1`)),
    parametersName(resourceName(A26, `${long}2`)),
  );
});

test("resource names - whatever the id, both names are legal", () => {
  const application = fc.stringMatching(
    /^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?){0,3}$/,
  );
  fc.assert(
    fc.property(application, fc.oneof(fc.uuid(), anyText(), fc.string()), (name, id) => {
      const resource = resourceName(name, id);
      assert.deepEqual(labelNameProblems(resource), []);
      assert.match(resource, /^[a-z]/);
      assert.deepEqual(labelValueProblems(resource), []);
      assert.deepEqual(subdomainProblems(parametersName(resource)), []);
    }),
  );
});

test("resource names - the parameters' name is cut to 63 characters from 65 on", () => {
  assert.equal(parametersName("x".repeat(56)), `params-${"x".repeat(56)}`);
  assert.equal(parametersName("x".repeat(57)), `params-${"x".repeat(57)}`);
  assert.equal(parametersName("x".repeat(58)), `params-${"x".repeat(56)}`);
});

test("service names - the normalised name and five hexadecimal digits of the id's SHA-1", () => {
  const name = (displayName: string, id = ID) => serviceName({ displayName, id });
  assert.equal(name("Orders API"), "orders-api-bd1c1");
  assert.equal(name("--Orders!! (v2)"), "orders-v2-bd1c1");
  assert.equal(name(`${"a".repeat(56)} b`), `${"a".repeat(56)}--bd1c1`);
  // Without an ASCII letter or digit the id's first part stands for the name, and without that nothing.
  assert.equal(name("注文"), "fc8ba7b4-bd1c1");
  assert.equal(name("注文", "訂単"), "e66da");
});
