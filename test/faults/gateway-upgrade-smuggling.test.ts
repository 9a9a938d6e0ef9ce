import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";
import { openUpgrade, WEB_SOCKET, WEB_SOCKET_KEY, type UpgradeCall } from "../doubles/upgrade-caller.ts";
import { accepts, UpgradeTarget, waits } from "../doubles/upgrade-target.ts";
import { acceptOf } from "../doubles/web-socket-accept.ts";

const SMUGGLED = "GET /shop/orders-api/smuggled HTTP/1.1\r\nHost: g\r\n\r\n";
const KEY = `Sec-WebSocket-Key: ${WEB_SOCKET_KEY}`;

/** Each is 400, reaches no target, and nothing behind it is taken for a request. */
const REFUSED: Readonly<Record<string, UpgradeCall>> = {
  "with a body": { more: ["Content-Length: 5"], early: `hello${SMUGGLED}` },
  "with a body in chunks": {
    more: ["Transfer-Encoding: chunked"],
    early: `5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`,
  },
  "with a body that is empty in chunks": {
    more: ["Transfer-Encoding: chunked"],
    early: `0\r\n\r\n${SMUGGLED}`,
  },
  "to two protocols in two lines": { headers: [...WEB_SOCKET, "Upgrade: other"], early: SMUGGLED },
  "to a list of protocols": {
    headers: ["Connection: Upgrade", "Upgrade: websocket, h2c", KEY],
    early: SMUGGLED,
  },
  "to HTTP/2.0": { headers: ["Connection: Upgrade", "Upgrade: HTTP/2.0"], early: SMUGGLED },
  "to HTTP/1.1": { headers: ["Connection: Upgrade", "Upgrade: http/1.1"], early: SMUGGLED },
  "to what is no name": { headers: ["Connection: Upgrade", "Upgrade: web socket"], early: SMUGGLED },
  "to nothing": { headers: ["Connection: Upgrade", "Upgrade:"], early: SMUGGLED },
  "that Connection does not name": { headers: ["Upgrade: websocket", KEY], early: SMUGGLED },
  "to a WebSocket without a key": { headers: ["Connection: Upgrade", "Upgrade: websocket"], early: SMUGGLED },
  "to a WebSocket with two keys": { more: [KEY], early: SMUGGLED },
  "to a WebSocket with a key that is none": {
    headers: ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: short"],
    early: SMUGGLED,
  },
  "to a WebSocket by POST": { method: "POST", early: SMUGGLED },
};
for (const [what, call] of Object.entries(REFUSED)) {
  test(`gateway upgrade smuggling - an upgrade ${what} is 400 and ends the connection`, async () => {
    await using target = await UpgradeTarget.start();
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    await using caller = await openUpgrade(gateway.port, call);
    equal(await caller.status(), 400);
    await caller.ended();
    match(caller.bytes.toString(), /^\{"code":400,"error":"the protocol cannot be switched: [^"]+"\}\n$/);
    deepEqual([target.upgrades.length, target.requests.length], [0, 0]);
  });
}

test("gateway upgrade smuggling - an upgrade by HTTP/1.0 is refused", async () => {
  await using target = await UpgradeTarget.start();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(
    `GET /shop/orders-api/x HTTP/1.0\r\nHost: g\r\n${WEB_SOCKET.join("\r\n")}\r\n\r\n${SMUGGLED}`,
  );
  equal((await client.response()).status, 400);
  await client.closed;
  deepEqual([target.upgrades.length, target.requests.length], [0, 0]);
});

for (const upgrade of ["h2c", "h2", "h2c, websocket"]) {
  test(`gateway upgrade smuggling - an offer of ${upgrade} is passed on as a call without it`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await gateway.call("GET", "/shop/orders-api/x", {
      headers: ["Connection: Upgrade, HTTP2-Settings", `Upgrade: ${upgrade}`, "HTTP2-Settings: AAMAAABk"],
    });
    equal(answer.status, 200);
    for (const name of ["Upgrade", "Connection", "HTTP2-Settings"])
      equal(target.last.header(name), undefined);
  });
}

test("gateway upgrade smuggling - behind a call without an answer nothing is upgraded", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(
    `GET /shop/orders-api/1 HTTP/1.1\r\nHost: g\r\n\r\nGET /shop/orders-api/2 HTTP/1.1\r\nHost: g\r\n${WEB_SOCKET.join("\r\n")}\r\n\r\n${SMUGGLED}`,
  );
  const call = await target.call(1);
  await call.respond(200, {}, "first");
  equal((await client.response()).text, "first");
  equal((await client.response()).status, 400);
  await client.closed;
  equal(target.calls.length, 1);
});

test("gateway upgrade smuggling - after a call that has been answered the connection can be upgraded", async () => {
  await using target = await UpgradeTarget.start();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/1");
  equal((await client.response()).status, 200);
  await client.send(`GET /shop/orders-api/2 HTTP/1.1\r\nHost: g\r\n${WEB_SOCKET.join("\r\n")}\r\n\r\n`);
  await client.informed(101);
});

test("gateway upgrade smuggling - what comes before the 101 reaches the target behind it alone", async () => {
  await using target = await UpgradeTarget.start(() => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using caller = await openUpgrade(gateway.port, { early: SMUGGLED });
  const upgrade = await target.upgrade(1);
  equal(upgrade.early.length, 0);
  let heard = "";
  upgrade.socket.on("data", (chunk: Buffer) => (heard += chunk.toString("latin1")));
  await caller.send("and more");
  // Whatever had been passed on would have come before the end of this call.
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  equal(heard, "");
  accepts(upgrade, 1);
  await eventually(() => equal(heard, `${SMUGGLED}and more`));
  equal(target.requests.length, 1);
});

const ACCEPT = `Sec-WebSocket-Accept: ${acceptOf(WEB_SOCKET_KEY)}`;
const switches = (...lines: string[]) =>
  `HTTP/1.1 101 Switching Protocols\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;
const UPGRADED = ["Connection: Upgrade", "Upgrade: websocket"];

/** Each is 502, and the caller never gets into the tunnel. */
const NO_SWITCH: Readonly<Record<string, string>> = {
  "to another protocol": switches("Connection: Upgrade", "Upgrade: other", ACCEPT),
  "without a protocol": switches("Connection: Upgrade", ACCEPT),
  "to two protocols": switches(...UPGRADED, "Upgrade: websocket", ACCEPT),
  "to a list of protocols": switches("Connection: Upgrade", "Upgrade: websocket, other", ACCEPT),
  "that Connection does not name": switches("Upgrade: websocket", ACCEPT),
  "without Sec-WebSocket-Accept": switches(...UPGRADED),
  "with the Sec-WebSocket-Accept of another key": switches(
    ...UPGRADED,
    `Sec-WebSocket-Accept: ${acceptOf("AAAAAAAAAAAAAAAAAAAAAA==")}`,
  ),
  "with two Sec-WebSocket-Accept": switches(...UPGRADED, ACCEPT, ACCEPT),
  "with a length": switches(...UPGRADED, ACCEPT, "Content-Length: 0"),
  "with a coding": switches(...UPGRADED, ACCEPT, "Transfer-Encoding: chunked"),
  "that closes the connection": switches("Connection: Upgrade, close", "Upgrade: websocket", ACCEPT),
  "in HTTP/1.0": switches(...UPGRADED, ACCEPT).replace("HTTP/1.1", "HTTP/1.0"),
  "behind other bytes": `\r\n${switches(...UPGRADED, ACCEPT)}`,
};
for (const [what, answer] of Object.entries(NO_SWITCH)) {
  test(`gateway upgrade smuggling - a switch ${what} is 502 and opens no tunnel`, async () => {
    await using target = await UpgradeTarget.start((upgrade, number) => {
      upgrade.socket.write(`${answer}secret words`, "latin1");
      waits(upgrade, number);
    });
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    await using caller = await openUpgrade(gateway.port, { early: SMUGGLED });
    equal(await caller.status(), 502);
    await caller.ended();
    ok(!caller.transcript.includes("secret words"));
    await eventually(() => equal(target.connections, 0));
    equal(target.requests.length, 0);
  });
}
