import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { withheldKey } from "../../../src/gateway/withheld-key.ts";

const SECRET = "k3y /+&=ü0123";
const text = `api_key=${encodeURIComponent(SECRET).replaceAll("%20", "+")}`;
const key = { place: "query", name: "api_key", text } as const;

function told(name: string, value: string): string | undefined {
  return withheldKey(["Content-Type", "text/plain", name, value], key)[3];
}

for (const [name, value, expected] of [
  ["Location", `/a/?${text}`, "/a/"],
  ["location", `https://erp.example/a?x=1&${text}&y=2#f`, "https://erp.example/a?x=1&y=2#f"],
  ["Location", "/a?api%5Fkey=written%20otherwise&x=1", "/a?x=1"],
  [
    "Location",
    `https://login.example/?back=${encodeURIComponent(`/a?x=1&${text}`)}`,
    "https://login.example/?back=%2Fa%3Fx%3D1%26api_key%3D",
  ],
  ["Location", `/a#${encodeURIComponent(SECRET)}`, "/a#"],
  ["Content-Location", `/a?${text}`, "/a"],
  ["Link", `</a?page=2&${text}>; rel="next", </b>; rel="up"`, `</a?page=2>; rel="next", </b>; rel="up"`],
  ["Link", `</a?${text}&page=2>; rel=next,</b?x=1&${text}&y=2#f>`, "</a?page=2>; rel=next,</b?x=1&y=2#f>"],
  ["Link", `</a?${text}>; rel="next"; anchor="/c?x=1&${text}"`, `</a>; rel="next"; anchor="/c?x=1"`],
  ["Link", "</a?api_key=k3y%20%2f%2b%26%3d%c3%bc0123&x=1>", "</a?x=1>"],
  ["Link", "</a?api%5Fkey=k3y&x=1>; rel=next", "</a?x=1>; rel=next"],
  [
    "Link",
    `<https://login.example/?back=${encodeURIComponent(SECRET)}&x=1>`,
    "<https://login.example/?back=&x=1>",
  ],
  ["Refresh", `0; url=/a?${text}`, "0; url=/a"],
  ["Refresh", `5;url="/a?${text}&x=1#f"`, `5;url="/a?x=1#f"`],
  ["Location", "/a?x=1", "/a?x=1"],
] as const) {
  test(`withheld key - ${name}: ${value} is told without it`, () => {
    equal(told(name, value), expected);
  });
}

test("withheld key - a short key is found by its parameter, and is part of nothing else", () => {
  const short = { place: "query", name: "k", text: "k=a" } as const;
  deepEqual(withheldKey(["Location", "/aa/a?k=a&x=a", "Link", "</a?k=a>"], short), [
    ...["Location", "/aa/a?x=a", "Link", "</a>"],
  ]);
});

test("withheld key - other headers and other credentials are left alone", () => {
  const headers = ["X-Echo", text, "location", `/a?${text}`];
  equal(withheldKey(headers, undefined), headers);
  equal(withheldKey(headers, { ...key, place: "header" }), headers);
  equal(withheldKey(headers, key)[1], text);
});
