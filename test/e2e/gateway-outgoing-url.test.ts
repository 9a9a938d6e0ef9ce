import { equal } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

interface Row {
  /** Path and query behind the target's origin. */
  readonly base?: string;
  readonly encodeUrl?: boolean;
  /** What stands behind `/shop/orders-api`. */
  readonly asked: string;
  readonly sent: string;
}

const PATHS: readonly Row[] = [
  // encodeUrl true: decoded, joined, encoded again with Go's set of unescaped characters.
  { asked: "/orders/hello('%7Cw%7C')", sent: "/orders/hello%28%27%7Cw%7C%27%29" },
  { asked: "/Az09-_.~$&+,/:;=@", sent: "/Az09-_.~$&+,/:;=@" },
  { asked: "/a('x')!*", sent: "/a%28%27x%27%29%21%2A" },
  { asked: "/%5Bx%5D", sent: "/%5Bx%5D" },
  { asked: "/a%2Fb", sent: "/a/b" },
  { asked: "/a%25b", sent: "/a%25b" },
  { asked: "/a%3Fb", sent: "/a%3Fb" },
  { asked: "/a%20b", sent: "/a%20b" },
  { asked: "/a%c3%b6", sent: "/a%C3%B6" },
  { asked: "/%41%2D", sent: "/A-" },
  { base: "/x/Xyz('1')", asked: "/a", sent: "/x/Xyz%28%271%27%29/a" },
  { base: "/x%2Fy", asked: "/a", sent: "/x/y/a" },
  // encodeUrl false: byte for byte.
  { encodeUrl: false, asked: "/orders/hello('%7Cw%7C')", sent: "/orders/hello('%7Cw%7C')" },
  { encodeUrl: false, asked: "/a%2Fb", sent: "/a%2Fb" },
  { encodeUrl: false, asked: "/a%2fb", sent: "/a%2fb" },
  { encodeUrl: false, asked: "/%41", sent: "/%41" },
  { encodeUrl: false, asked: "/Orders(ID='4711')/Items", sent: "/Orders(ID='4711')/Items" },
  { encodeUrl: false, base: "/x%2Fy/Z('1')", asked: "/a", sent: "/x%2Fy/Z('1')/a" },
  { encodeUrl: false, asked: '/a|b"c<d>', sent: "/a%7Cb%22c%3Cd%3E" },
  // Without a rest the target's own path is sent as it was written, whatever encodeUrl says.
  { base: "/x/Xyz('1')", asked: "", sent: "/x/Xyz('1')" },
  { base: "/x/Xyz('1')", asked: "/", sent: "/x/Xyz('1')" },
  { encodeUrl: false, base: "/x/Xyz('1')", asked: "", sent: "/x/Xyz('1')" },
  // Joining: exactly one slash.
  { base: "/", asked: "/a", sent: "/a" },
  { base: "/x/", asked: "/a", sent: "/x/a" },
  { base: "/x", asked: "/a", sent: "/x/a" },
];

const QUERIES: readonly Row[] = [
  { asked: "/a?x=1&x=2&%24filter=a%20b", sent: "/a?x=1&x=2&%24filter=a%20b" },
  { asked: "/a?$filter=Name eq 'x'&y".replaceAll(" ", "%20"), sent: "/a?$filter=Name%20eq%20'x'&y" },
  { base: "/b?sap-client=100", asked: "/a?x=1", sent: "/b/a?sap-client=100&x=1" },
  { base: "/b?sap-client=100", asked: "/a", sent: "/b/a?sap-client=100" },
  { base: "/b?sap-client=100", asked: "", sent: "/b?sap-client=100" },
  { base: "?sap-client=100", asked: "?x=1", sent: "/?sap-client=100&x=1" },
  { asked: "/a?", sent: "/a?" },
  { base: "?sap-client=100", asked: "/a?", sent: "/a?sap-client=100" },
  { asked: "/a?x=1?y=2", sent: "/a?x=1?y=2" },
  { asked: "/a?next=http://elsewhere/x", sent: "/a?next=http://elsewhere/x" },
  { asked: "/a?malformed=%zz", sent: "/a?malformed=%zz" },
];

for (const { base = "", encodeUrl, asked, sent } of [...PATHS, ...QUERIES]) {
  const mode = encodeUrl === undefined ? "absent" : String(encodeUrl);
  test(`gateway outgoing URL - ${asked || "nothing"} at "${base}" with encodeUrl ${mode} is ${sent}`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({
      applications: [shop(target.url + base, {}, encodeUrl === undefined ? {} : { encodeUrl })],
    });
    const answer = await gateway.call("GET", `/shop/orders-api${asked}`);
    equal(answer.status, 200);
    equal(target.last.path, sent);
  });
}

test("gateway outgoing URL - an explicit encodeUrl true behaves like an absent one", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url, {}, { encodeUrl: true })] });
  await gateway.call("GET", "/shop/orders-api/a('x')");
  equal(target.last.path, "/a%28%27x%27%29");
});

interface ParameterRow {
  readonly base?: string;
  readonly asked: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly sent: string;
}

const PARAMETERS: readonly ParameterRow[] = [
  {
    asked: "/a",
    parameters: { param2: ["v2a", "v2b"], param1: ["v1"] },
    sent: "/a?param1=v1&param2=v2a&param2=v2b",
  },
  { asked: "/a?x=1", parameters: { limit: ["50"] }, sent: "/a?x=1&limit=50" },
  { asked: "/a?limit=1", parameters: { limit: ["50", "60"], tag: ["t"] }, sent: "/a?limit=1&tag=t" },
  { asked: "/a?%6cimit=1", parameters: { limit: ["50"] }, sent: "/a?%6cimit=1" },
  { asked: "/a?limit", parameters: { limit: ["50"] }, sent: "/a?limit" },
  { base: "?limit=9", asked: "/a", parameters: { limit: ["50"] }, sent: "/a?limit=9" },
  {
    asked: "/a?$filter=x%20y&b",
    parameters: { z: ["ä ö&=+"] },
    sent: "/a?$filter=x%20y&b&z=%C3%A4+%C3%B6%26%3D%2B",
  },
  { asked: "/a?Limit=1", parameters: { limit: ["50"] }, sent: "/a?Limit=1&limit=50" },
  { asked: "/a?", parameters: { limit: ["50"] }, sent: "/a?limit=50" },
];

for (const { base = "", asked, parameters, sent } of PARAMETERS) {
  test(`gateway outgoing URL - configured parameters ${JSON.stringify(parameters)} make ${asked} at "${base}" ${sent}`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({
      applications: [shop(target.url + base, { requestParametersSecretName: "parameters" })],
      secrets: { parameters: { queryParameters: JSON.stringify(parameters) } },
    });
    equal((await gateway.call("GET", `/shop/orders-api${asked}`)).status, 200);
    equal(target.last.path, sent);
  });
}

test("gateway outgoing URL - user information in targetUrl reaches nobody", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url.replace("http://", "http://user:pass@"))],
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  equal(target.last.header("Host"), target.host);
  equal(target.transcripts.join("").includes("pass"), false);
});
