import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget, type Target } from "../doubles/target.ts";

interface Row {
  /** Path of `targetUrl`. */
  readonly base: string;
  /** `H` stands for the target's host and port, `N` for its host name. */
  readonly location: string;
  /** What follows `/shop/orders-api`; undefined: the header is left alone. */
  readonly becomes: string | undefined;
  readonly asked?: string;
}

const ROWS: readonly Row[] = [
  { base: "/api/v1", location: "http://H/api/v1/a/b?x=1#f", becomes: "/a/b?x=1#f" },
  { base: "/api/v1", location: "/api/v1/a", becomes: "/a" },
  { base: "/api/v1", location: "b", asked: "/dir/a", becomes: "/dir/b" },
  { base: "/api/v1", location: "?page=2", asked: "/a", becomes: "/a?page=2" },
  { base: "/api/v1", location: "https://N:8443/api/v1/a", becomes: "/a" },
  { base: "/api/v1", location: "http://N/api/v1/a", becomes: "/a" },
  { base: "/api/v1", location: "//H/api/v1/a", becomes: "/a" },
  { base: "/api/v1", location: "http://H/api/v2/a", becomes: undefined },
  { base: "/api/v1", location: "", becomes: undefined },
  { base: "/api/v1", location: "http://other.example.com/api/v1/a", becomes: undefined },
  { base: "/api/v1", location: "ftp://H/api/v1/a", becomes: undefined },
  { base: "/api/v1", location: "http://[", becomes: undefined },
  { base: "/", location: "http://H/x", becomes: "/x" },
  { base: "", location: "http://H/x", becomes: "/x" },
  { base: "", location: "http://H/", becomes: "" },
  { base: "/api", location: "http://H/apifoo", becomes: undefined },
  { base: "/api/", location: "http://H/api", becomes: "" },
  { base: "/api", location: "http://H/api", becomes: "" },
  { base: "/api", location: "http://H/api/a%2Fb", becomes: "/a%2Fb" },
  { base: "/api", location: "http://H/api/100%25", becomes: "/100%25" },
  { base: "/api", location: "http://H/api/a/", becomes: "/a/" },
  { base: "/api", location: "http://H/api/a/./b/../c", becomes: "/a/c" },
  { base: "/api", location: "http://H/api//a", becomes: "/a" },
  { base: "/api", location: "http://H/api/../secret", becomes: undefined },
];

function written(location: string, target: Target): string {
  return location.replace(/\bH\b/, target.host).replace(/\bN\b/, "127.0.0.1");
}

for (const { base, location, becomes, asked = "/a" } of ROWS) {
  test(`gateway location - ${location} from a target at "${base}" ${becomes === undefined ? "is left alone" : `becomes …${becomes}`}`, async () => {
    await using target = await startTarget((call) =>
      call.respond(302, { Location: written(location, target) }),
    );
    await using gateway = await startGateway({ applications: [shop(target.url + base)] });
    const answer = await gateway.call("GET", `/shop/orders-api${asked}`, { headers: ["Host: gw.test:8080"] });
    const received = answer.header("Location");
    ok(received !== undefined);
    if (becomes === undefined) return equal(received, written(location, target));
    const requested = `http://gw.test:8080/shop/orders-api${asked}`;
    const expected = new URL(`http://gw.test:8080/shop/orders-api${becomes}`).href;
    equal(new URL(received, requested).href.replace(/\/$/, ""), expected.replace(/\/$/, ""));
    equal(received.startsWith("http://gw.test:8080/"), true, "absolute, with the caller's Host");
  });
}

for (const status of [201, 300, 301, 303, 307, 308, 399]) {
  test(`gateway location - it is rewritten on ${status}`, async () => {
    await using target = await startTarget((call) =>
      call.respond(status, { location: `${target.url}/made` }),
    );
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await gateway.call("POST", "/shop/orders-api/x", { headers: ["Host: gw.test"] });
    equal(answer.header("Location"), "http://gw.test/shop/orders-api/made");
  });
}

for (const status of [200, 202, 404, 500]) {
  test(`gateway location - it is left alone on ${status}`, async () => {
    await using target = await startTarget((call) =>
      call.respond(status, { Location: `${target.url}/made` }),
    );
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await gateway.call("GET", "/shop/orders-api/x");
    equal(answer.header("Location"), `${target.url}/made`);
  });
}

test("gateway location - with three segments it points back at all three", async () => {
  await using target = await startTarget((call) => call.respond(302, { Location: `${target.url}/made` }));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/rest-v1/x", {
    listener: "compass",
    headers: ["Host: gw.test"],
  });
  equal(answer.header("Location"), "http://gw.test/shop/orders-api/rest-v1/made");
});

test("gateway location - without a Host it is a path", async () => {
  await using target = await startTarget((call) => call.respond(302, { Location: `${target.url}/made` }));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send("GET /shop/orders-api/x HTTP/1.0\r\n\r\n");
  equal((await client.response()).header("Location"), "/shop/orders-api/made");
});

test("gateway location - with an empty Host it is a path", async () => {
  await using target = await startTarget((call) => call.respond(302, { Location: `${target.url}/made` }));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x", { headers: ["Host:"] });
  equal(answer.header("Location"), "/shop/orders-api/made");
});

test("gateway location - a redirect is never followed by the gateway itself", async () => {
  await using target = await startTarget((call) =>
    call.respond(302, { Location: `${target.url}/elsewhere` }, "moved"),
  );
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 302);
  equal(answer.text, "moved");
  equal(target.calls.length, 1);
});
