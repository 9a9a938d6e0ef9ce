import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyText } from "../../../doubles/any-text.ts";
import { isUrl } from "../../../../src/registry/request/url-rule.ts";

const ACCEPTED = [
  "http://service.example",
  "service.example",
  "localhost:8080",
  "http://svc.ns.svc.cluster.local:8080/x",
  "http://10.0.0.1",
  "http://my_svc/x",
  "https://orders.acme.example/v2",
  "ftp://files.example",
  "tcp://queue:5672",
  "udp://queue:1",
  "ws://socket.example/live",
  "wss://socket.example:65535/live?a=b#c",
  "http://a",
  "a.bc",
  "http://user@service.example",
  "http://user:p%40ss@service.example:8080/path",
  "http://us:er:pass@service.example",
  "http://1.0.0.0",
  "http://223.255.255.255:1",
  "10.0.0.1/path",
  "http://[::1]:9093",
  "http://[2001:db8::1]/index.html",
  "http://[::ffff:10.0.0.1]",
  "http://user:pass@[::1]:9093/a",
  "http://a--b.example",
  "http://a_b-c.d_e.example",
  "http://service.:9093/",
  "http://xn--bcher-kva.example",
  "http://bücher.example/",
  "http://例え.テスト/",
  "http://service.example?query",
  "http://service.example#fragment",
  "http://service.example/%E9%A6%96?a=%zz#%20",
  "http://service.example/a/../b//c;d=e'(|)",
  "service.example/a://b",
  "http://service.example:99999",
  "SERVICE.com",
];

const REFUSED = [
  "localhost",
  "test_com/token",
  "/path",
  "//a.example",
  "http://-a.example",
  "HTTP://X.COM",
  "file:///x",
  "javascript:alert(1)",
  "http://a b.com",
  "http://a.example/ b",
  " http://a.example",
  "http://a.example ",
  "http://a.example/\tb",
  "http://a.example/b\n",
  "http://a.example/\u00A0",
  "http://a.example/\u0000",
  "http://a.example/\u007f",
  "",
  "a.b",
  "://a.example",
  ".a.example",
  "http://.a.example",
  "http://a..example",
  "http://u@a.example..",
  "http://",
  "http:///path",
  "http://?query",
  "http://@a.example",
  "http://us^er@a.example",
  "http://us%4@a.example",
  "http://a-.example",
  "http://_a.example",
  "http://a_.com",
  "http://a^b.com",
  "http://a&b.com",
  "http://a,b.com",
  "http://a%41.com",
  "http://a\\b.com",
  "http://0.0.0.1",
  "http://0.0.0.0",
  "http://224.0.0.1",
  "http://255.255.255.255",
  "http://10.0.0.256",
  "http://10.0.0.01",
  "http://10.0.0.1.5:x",
  "http://[::1",
  "http://::1",
  "http://[::1]x",
  "http://[10.0.0.1]",
  "http://[:::1]",
  "http://[fe80::1%25eth0]",
  "http://a.example:",
  "http://a.example:123456",
  "http://a.example:80:80",
  "http://a.example:8o",
  "xyz://a.example",
  "Https://a.example",
  "mailto:a.example",
  "http:a.example",
  "http:/a.example",
  "http://a.example/%zz",
  "http://a.example/%4",
  "http://a.example/#%4",
  "localhost/path",
  "localhost?a=b.c",
  "localhost#b.c",
];

test("URL rule - what the original takes for a URL is accepted", () => {
  assert.deepEqual(
    ACCEPTED.filter((value) => !isUrl(value)),
    [],
  );
});

test("URL rule - what the original does not take for a URL is refused", () => {
  assert.deepEqual(
    REFUSED.filter((value) => isUrl(value)),
    [],
  );
});

test("URL rule - 4 to 2082 characters, counted as people count them", () => {
  const long = (length: number, unit: string) =>
    `http://a.example/${unit.repeat(length - "http://a.example/".length)}`;
  assert.equal(isUrl("a.b"), false);
  assert.equal(isUrl("a.bc"), true);
  for (const unit of ["x", "é", "😀"]) {
    assert.equal(isUrl(long(2082, unit)), true);
    assert.equal(isUrl(long(2083, unit)), false);
  }
});

const label = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,6}[a-zA-Z0-9]$/);
const url = fc
  .record({
    scheme: fc.constantFrom("http", "https", "ftp", "tcp", "udp", "ws", "wss"),
    user: fc.option(fc.stringMatching(/^[a-z]{1,5}(:[a-z!$*]{1,5})?$/), { nil: undefined }),
    host: fc.oneof(
      fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
      fc.ipV4().filter((address) => /^(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])\./.test(address)),
      fc.ipV6().map((address) => `[${address}]`),
    ),
    port: fc.option(fc.integer({ min: 0, max: 99_999 }), { nil: undefined }),
    tail: fc.stringMatching(/^([/?#][a-zA-Z0-9/?#.:@=&_~!$'()*+,;|-]{0,20})?$/),
  })
  .map(({ scheme, user, host, port, tail }) => ({
    scheme,
    rest: `${user === undefined ? "" : `${user}@`}${host}${port === undefined ? "" : `:${port}`}${tail}`,
  }));

test("URL rule - every URL of its grammar is accepted, and none with white space in it", () => {
  const property = fc.property(
    url,
    fc.nat(),
    fc.constantFrom(" ", "\t", "\n", "\u2003"),
    ({ scheme, rest }, offset, gap) => {
      const text = `${scheme}://${rest}`;
      assert.equal(isUrl(text), true, text);
      const at = offset % (text.length + 1);
      assert.equal(isUrl(text.slice(0, at) + gap + text.slice(at)), false);
    },
  );
  fc.assert(property, { numRuns: 1000 });
});

test("URL rule - another scheme, or one in capitals, is refused", () => {
  const other = fc
    .stringMatching(/^[a-zA-Z][a-zA-Z0-9+.-]{0,7}$/)
    .filter((scheme) => !/^(?:https?|ftp|tcp|udp|wss?)$/.test(scheme));
  const property = fc.property(other, url, (scheme, { rest }) => {
    assert.equal(isUrl(`${scheme}://${rest}`), false);
  });
  fc.assert(property);
});

test("URL rule - any text is either one or the other", () => {
  fc.assert(fc.property(anyText(60), (text) => assert.equal(typeof isUrl(text), "boolean")));
});

// Each of them keeps a backtracking engine busy for longer than the test may take.
test("URL rule - hostile texts take no more time than others", { timeout: 20_000 }, () => {
  const hostile = ["a-", "a", "0.", "a_", "1", ":", "@", "a@", "%", "-", "[", "é", "/", "."].flatMap(
    (piece) => [
      `http://${piece.repeat(2_000 / piece.length)}!`,
      `http://a${piece.repeat(2_000 / piece.length)}^`,
      piece.repeat(2_000 / piece.length),
      piece.repeat(3_000_000),
    ],
  );
  for (const text of hostile) isUrl(text);
  assert.equal(isUrl(`http://${"a-".repeat(1_000)}!`), false);
  assert.equal(isUrl(`http://${"a".repeat(3_000_000)}`), false);
});
