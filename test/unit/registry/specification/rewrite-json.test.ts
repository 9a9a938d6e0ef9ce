import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  accessServiceAddress,
  gatewayAddress,
} from "../../../../src/registry/specification/gateway-address.ts";
import { rewriteSpecification } from "../../../../src/registry/specification/rewrite-specification.ts";
import type { Rewriting } from "../../../../src/registry/specification/rewriting.ts";
import { topLevelMembers } from "../../../../src/registry/specification/top-level-members.ts";

const address = gatewayAddress("http://gateway.example:8080", "shop", "orders-api");
const now: Rewriting = { apiType: "", address, rewriteOpenApi3: false };
const before: Rewriting = { ...now, address: accessServiceAddress("shop-1", "kyma-system") };
const three: Rewriting = { ...now, rewriteOpenApi3: true };

test("rewrite - Swagger 2.0 gets the gateway as host, base path and scheme; the rest stays to the letter", () => {
  const text = `{ "swagger":"2.0", "host" : "old.example",
  "basePath":"/v1","schemes":["https" , "wss"], "x":1.0, "n":12345678901234567890, "x":2e+1, "Host":"é" }`;
  assert.equal(
    rewriteSpecification(text, now),
    `{ "swagger":"2.0", "host" : "gateway.example:8080",
  "basePath":"/shop/orders-api","schemes":["http"], "x":1.0, "n":12345678901234567890, "x":2e+1, "Host":"é" }`,
  );
});

test("rewrite - members that are missing come behind the version, set off as it is", () => {
  assert.equal(
    rewriteSpecification('{"swagger":"2.0","paths":{}}', now),
    '{"swagger":"2.0","host":"gateway.example:8080","basePath":"/shop/orders-api","schemes":["http"],"paths":{}}',
  );
  assert.equal(
    rewriteSpecification('{\n  "info": {},\n  "swagger": "2.0"\n}\n', now),
    '{\n  "info": {},\n  "swagger": "2.0",\n  "host": "gateway.example:8080",\n  "basePath": "/shop/orders-api",\n  "schemes": ["http"]\n}\n',
  );
});

test("rewrite - in the form of Kyma 1.x the host is the Access Service, and there is no base path", () => {
  const host = '"host":"shop-1.kyma-system.svc.cluster.local"';
  for (const [text, expected] of [
    ['{"swagger":"2.0","host":"a","basePath":"/b"}', `{"swagger":"2.0","schemes":["http"],${host}}`],
    ['{"basePath":"/b","basePath":"/c","swagger":"2.0"}', `{"swagger":"2.0",${host},"schemes":["http"]}`],
    [
      '{"basePath":1,"swagger":"2.0","basePath":2,"basePath":3,"a":0}',
      `{"swagger":"2.0",${host},"schemes":["http"],"a":0}`,
    ],
  ] as const) {
    assert.equal(rewriteSpecification(text, before), expected);
  }
});

test("rewrite - the gateway's own base path and scheme are part of the address", () => {
  const behind = gatewayAddress("https://api.example/gateway/", "shop", "orders-api");
  assert.equal(
    rewriteSpecification('{"swagger":"2.0"}', { ...now, address: behind }),
    '{"swagger":"2.0","host":"api.example","basePath":"/gateway/shop/orders-api","schemes":["https"]}',
  );
});

test("rewrite - of duplicates the last version counts, and all hosts are changed", () => {
  const untouched = '{"swagger":"2.0","swagger":"1.2","host":"a"}';
  assert.equal(rewriteSpecification(untouched, now), untouched);
  assert.equal(
    rewriteSpecification('{"host":"a","swagger":"1","host":{"b":[]},"sw\\u0061gger":"2.0"}', before),
    '{"host":"shop-1.kyma-system.svc.cluster.local","swagger":"1","host":"shop-1.kyma-system.svc.cluster.local","sw\\u0061gger":"2.0","schemes":["http"]}',
  );
});

for (const text of [
  "",
  "{",
  "null",
  '["swagger","2.0"]',
  '{"swagger":2.0}',
  '{"swagger":"2.0",}',
  '{"swagger":"2.0"} trailing',
  '{"a":{"swagger":"2.0"}}',
  '{"Swagger":"2.0"}',
  '{"openapi":"3.0.0","servers":[]}',
  '<?xml version="1.0"?><a swagger: "2.0"/>',
  "plain text\nand more",
]) {
  test(`rewrite - stays as it is: ${JSON.stringify(text)}`, () => {
    assert.equal(rewriteSpecification(text, now), text);
  });
}

test("rewrite - OData stays as it is, whatever it looks like", () => {
  const text = '{"swagger":"2.0","host":"a"}';
  assert.equal(rewriteSpecification(text, { ...now, apiType: "OData" }), text);
});

test("rewrite - a byte order mark stays in front", () => {
  assert.match(rewriteSpecification('\uFEFF{"swagger":"2.0"}', now), /^\uFEFF\{"swagger":"2.0","host"/);
});

test("rewrite - deep documents are rewritten like flat ones, as far as they are JSON to the original", () => {
  const nested = (depth: number) => `{"swagger":"2.0","x":${"[".repeat(depth)}1${"]".repeat(depth)}}`;
  assert.match(rewriteSpecification(nested(9999), now), /^\{"swagger":"2.0","host":"gateway/);
  for (const depth of [10_001, 1_000_000])
    assert.equal(rewriteSpecification(nested(depth), now), nested(depth));
});

test("rewrite - a document of too many members stays as it is", () => {
  const text = `{"swagger":"2.0"${',"host":1'.repeat(100_000)}}`;
  assert.equal(rewriteSpecification(text, now), text);
});

test("rewrite - OpenAPI 3 gets the gateway as first server where that is wanted, and only once", () => {
  const url = '{"url":"http://gateway.example:8080/shop/orders-api"}';
  for (const [text, expected] of [
    [
      '{"openapi":"3.0.3","servers":[ {"url":"/v1"}]}',
      `{"openapi":"3.0.3","servers":[${url}, {"url":"/v1"}]}`,
    ],
    ['{"openapi":"3.1.0","servers":["[",{}]}', `{"openapi":"3.1.0","servers":[${url},"[",{}]}`],
    ['{"openapi":"3.1.0","servers":[ ]}', `{"openapi":"3.1.0","servers":[${url} ]}`],
    ['{"openapi":"3.1.0","servers":null}', `{"openapi":"3.1.0","servers":[${url}]}`],
    ['{\n "openapi": "3.0.0"\n}', `{\n "openapi": "3.0.0",\n "servers": [${url}]\n}`],
    ['{"openapi":"3.0.0","servers":"none"}', '{"openapi":"3.0.0","servers":"none"}'],
    ['{"openapi":"4.0.0"}', '{"openapi":"4.0.0"}'],
    ['{"openapi":3.0}', '{"openapi":3.0}'],
  ] as const) {
    const once = rewriteSpecification(text, three);
    assert.equal(once, expected);
    assert.equal(rewriteSpecification(once, three), expected);
  }
});

/** JSON text as strangers write it: any white space, spelling of numbers, escapes and duplicates. */
const space = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
const literal = fc.oneof(
  fc.constantFrom("null", "true", "1.0", "-0", "1E400", "123456789012345678901234567890", "0.1e-7"),
  fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u0061\\/"', '"\\\\"', '"\\""', '"}],{["'),
);
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    literal,
    fc
      .tuple(fc.array(tie("value"), { maxLength: 3 }), space)
      .map(([items, gap]) => `[${gap}${items.join(`${gap},${gap}`)}${gap}]`),
    fc
      .tuple(fc.array(fc.tuple(literal.filter(isString), tie("value")), { maxLength: 3 }), space)
      .map(([members, gap]) => `{${gap}${members.map((member) => member.join(`${gap}:`)).join(`,${gap}`)}}`),
  ),
}));

function isString(json: string): boolean {
  return json.startsWith('"');
}

const names = ["swagger", "host", "basePath", "schemes", "paths", "Host", "x-a"];
const memberText = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...names).map((name) => JSON.stringify(name)),
      literal.filter(isString),
    ),
    space,
    space,
    value,
  )
  .map(([name, gap, other, json]) => `${name}${gap}:${other}${json}`);

const document = fc
  .tuple(fc.array(memberText, { maxLength: 6 }), fc.array(memberText, { maxLength: 6 }), space, space)
  .map(([first, last, gap, other]) => {
    const members = [
      ...first,
      '"swagger":"2.0"',
      ...last.filter((member) => !member.startsWith('"swagger"')),
    ];
    return `${gap}{${other}${members.join(`${gap},${other}`)}${gap}}${other}`;
  });

const TOUCHED = new Set(["host", "basePath", "schemes"]);

/** Name and value of all other members as they are written. */
function others(json: string): readonly string[] {
  return (topLevelMembers(json) ?? [])
    .filter(({ name }) => !TOUCHED.has(name))
    .map(
      ({ nameStart, nameEnd, valueStart, valueEnd }) =>
        json.slice(nameStart, nameEnd) + json.slice(valueStart, valueEnd),
    );
}

for (const rewriting of [now, before]) {
  const { scheme, host, basePath } = rewriting.address;
  test(`rewrite - any Swagger document keeps all but three members to the letter (base path ${basePath})`, () => {
    fc.assert(
      fc.property(document, (text) => {
        const rewritten = rewriteSpecification(text, rewriting);
        const read = JSON.parse(rewritten) as Record<string, unknown>;
        assert.deepEqual([read.host, read.basePath, read.schemes], [host, basePath, [scheme]]);
        assert.deepEqual(others(rewritten), others(text));
        assert.equal(rewriteSpecification(rewritten, rewriting), rewritten);
      }),
      { numRuns: 500 },
    );
  });
}

test("rewrite - where all three members are there, every byte around their values stays", () => {
  fc.assert(
    fc.property(document, value, (text, old) => {
      const whole = text.replace(/\}(\s*)$/, `,"host":${old},"basePath":${old},"schemes":${old}}$1`);
      const strip = (json: string) => {
        const touched = (topLevelMembers(json) ?? []).filter(({ name }) => TOUCHED.has(name));
        return touched.reduceRight(
          (rest, { valueStart, valueEnd }) => rest.slice(0, valueStart) + rest.slice(valueEnd),
          json,
        );
      };
      assert.equal(strip(rewriteSpecification(whole, now)), strip(whole));
    }),
  );
});
