import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { load, type Sources } from "../../../src/config/load.ts";
import { nameSettings } from "../../../src/config/named-settings.ts";
import { describeProblems } from "../../../src/config/problem.ts";
import { duration, flag, listOfText, oneOf, parseSeconds, port, text } from "../../../src/config/setting.ts";

const tree = {
  dataDir: text({ default: "/var/lib/it", description: "Where." }),
  gateway: {
    port: port({ default: 8080, description: "Port.", aliases: [{ flag: "proxyPort" }] }),
    proxyTimeout: duration({
      default: 10_000,
      description: "Time.",
      aliases: [{ flag: "proxyTimeout", environment: "OLD_TIMEOUT", parse: parseSeconds }],
    }),
    preserveTrailingSlash: flag({ default: false, description: "Slash." }),
    forwardedHeaders: oneOf(["append", "strip"], { default: "append", description: "Headers." }),
  },
  outbound: { deniedNetworks: listOfText({ default: ["10.0.0.0/8"], description: "Networks." }) },
};

const nothing: Sources = { flags: [], environment: {} };

function loaded(sources: Partial<Sources>) {
  const result = load(tree, { ...nothing, ...sources });
  assert.ok(result.kind === "loaded", JSON.stringify(result));
  return result;
}

function refused(sources: Partial<Sources>): readonly string[] {
  const result = load(tree, { ...nothing, ...sources });
  assert.equal(result.kind, "refused");
  return result.kind === "refused"
    ? result.problems.map(({ subject, text: reason, source }) => `${subject} ${reason} (${source})`)
    : [];
}

test("configuration - without any source every setting has its default and no origin", () => {
  const { options, origins, warnings } = loaded({});
  assert.deepEqual(options, {
    dataDir: "/var/lib/it",
    gateway: { port: 8080, proxyTimeout: 10_000, preserveTrailingSlash: false, forwardedHeaders: "append" },
    outbound: { deniedNetworks: ["10.0.0.0/8"] },
  });
  assert.deepEqual([...origins], []);
  assert.deepEqual(warnings, []);
});

test("configuration - a flag wins over the environment, the environment over the file", () => {
  const file = {
    name: "c.yaml",
    text: "dataDir: /file\ngateway:\n  port: 1\n  proxyTimeout: 1s\n",
  };
  const environment = { APPCONN_GATEWAY_PORT: "2", APPCONN_GATEWAY_PROXY_TIMEOUT: "2s" };
  const { options, origins } = loaded({ file, environment, flags: ["--gateway-proxy-timeout=3s"] });
  assert.equal(options.dataDir, "/file");
  assert.equal(options.gateway.port, 2);
  assert.equal(options.gateway.proxyTimeout, 3000);
  assert.deepEqual(Object.fromEntries(origins), {
    dataDir: "c.yaml:1",
    "gateway.port": "APPCONN_GATEWAY_PORT",
    "gateway.proxyTimeout": "--gateway-proxy-timeout",
  });
});

test("configuration - all problems of all sources come at once, with what is wrong and where", () => {
  const file = {
    name: "connector.yaml",
    text: "gateway:\n  port: 80a80\n  prt: 1\noutbound: none\ngatewya: {}\n",
  };
  const environment = { APPCONN_GATEWAY_PROXY_TIMEOUT: "soon", APPCONN_GATEWAY_PROT: "1" };
  const flags = ["--gateway-forwarded-headers=both", "--gatway-port", "1", "--data-dir"];
  assert.deepEqual(refused({ file, environment, flags }), [
    "gateway.prt is no setting: did you mean gateway.port? (connector.yaml:3)",
    "outbound must be a map of settings, not a text (connector.yaml:4)",
    "gatewya is no setting: did you mean gateway? (connector.yaml:5)",
    "APPCONN_GATEWAY_PROT is no setting: did you mean APPCONN_GATEWAY_PORT? (the environment)",
    "--gatway-port is no flag of this command: did you mean --gateway-port? (the command line)",
    "dataDir needs a value (--data-dir)",
    'gateway.port must be a whole number from 0 to 65535, not "80a80" (connector.yaml:2)',
    'gateway.proxyTimeout must be a duration like "30s" or "1h30m", not a text (APPCONN_GATEWAY_PROXY_TIMEOUT)',
    "gateway.forwardedHeaders must be one of append, strip, not a text (--gateway-forwarded-headers)",
  ]);
});

test("configuration - a refused number is shown, in any setting; another text only where a number was meant", () => {
  const onPort = (raw: string): readonly string[] => refused({ flags: [`--gateway-port=${raw}`] });
  const expected = "gateway.port must be a whole number from 0 to 65535, not";
  assert.deepEqual(onPort("99999"), [`${expected} 99999 (--gateway-port)`]);
  assert.deepEqual(onPort("-1"), [`${expected} -1 (--gateway-port)`]);
  assert.deepEqual(onPort("eighty"), [`${expected} "eighty" (--gateway-port)`]);
  assert.deepEqual(onPort("a-longer-text"), [`${expected} a text (--gateway-port)`]);
  assert.deepEqual(onPort("a\u001B[2Jb"), [`${expected} a text (--gateway-port)`]);
  assert.deepEqual(refused({ file: { name: "c.yaml", text: "gateway:\n  port: 65536.5\n" } }), [
    `${expected} 65536.5 (c.yaml:2)`,
  ]);
  assert.deepEqual(refused({ flags: ["--gateway-proxy-timeout=5"] }), [
    'gateway.proxyTimeout must be a duration like "30s" or "1h30m", not 5 (--gateway-proxy-timeout)',
  ]);
});

test("configuration - problems are shown in columns, counted", () => {
  assert.equal(
    describeProblems([
      { subject: "gateway.port", text: "needs a value", source: "--gateway-port" },
      { subject: "x", text: "is no setting", source: "c.yaml:3" },
    ]),
    [
      "config: 2 problems",
      "  gateway.port  needs a value  (from --gateway-port)",
      "  x             is no setting  (from c.yaml:3)",
    ].join("\n"),
  );
});

test("configuration - no refused value that may be a secret is ever shown", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4 }), (noise) => {
      const secret = `s3cr3t-${noise}`;
      const quoted = JSON.stringify(secret);
      const file = { name: "c.yaml", text: `gateway:\n  port: ${quoted}\noutbound: [${quoted}]\n` };
      const sources = {
        file,
        environment: { APPCONN_GATEWAY_PROXY_TIMEOUT: secret },
        flags: [`--gateway-port=${secret}`, "--unknown", secret, secret],
      };
      assert.ok(!refused(sources).join("\n").includes("s3cr3t-"));
      const broken = { name: "c.yaml", text: `dataDir: [${quoted}` };
      assert.ok(!refused({ file: broken }).join("\n").includes("s3cr3t-"));
    }),
  );
});

test("configuration - a flag of serve itself is meant, too, by what is nearly one", () => {
  assert.deepEqual(refused({ flags: ["--confg=x"] }), [
    "--confg is no flag of this command: did you mean --config? (the command line)",
  ]);
});

test("configuration - a flag takes its value after = or as the next word; a switch only after =", () => {
  assert.equal(loaded({ flags: ["--gateway-port", "1"] }).options.gateway.port, 1);
  assert.equal(loaded({ flags: ["--gateway-port=1", "--gateway-port=2"] }).options.gateway.port, 2);
  assert.equal(loaded({ flags: ["--data-dir=a=b"] }).options.dataDir, "a=b");
  assert.equal(
    loaded({ flags: ["--gateway-preserve-trailing-slash", "--gateway-port=1"] }).options.gateway
      .preserveTrailingSlash,
    true,
  );
  const off = loaded({ flags: ["--gateway-preserve-trailing-slash=false"] });
  assert.equal(off.options.gateway.preserveTrailingSlash, false);
});

test("configuration - names of the original mean the same, in the form the original has", () => {
  const flags = ["--proxyPort=9090", "--proxyTimeout=10"];
  assert.deepEqual(
    { ...loaded({ flags }).options.gateway },
    { port: 9090, proxyTimeout: 10_000, preserveTrailingSlash: false, forwardedHeaders: "append" },
  );
  assert.equal(loaded({ environment: { OLD_TIMEOUT: "7" } }).options.gateway.proxyTimeout, 7000);
  const both = { OLD_TIMEOUT: "7", APPCONN_GATEWAY_PROXY_TIMEOUT: "8s" };
  assert.equal(loaded({ environment: both }).options.gateway.proxyTimeout, 8000);
  // The setting's own flag does not count in seconds.
  assert.equal(refused({ flags: ["--gateway-proxy-timeout=10"] }).length, 1);
});

test("configuration - names of the original without a meaning here are accepted with a warning", () => {
  const { warnings } = loaded({
    flags: ["--proxyCacheTTL=120", "--application", "default-ec", "--requestLogging", "--skipVerify=false"],
    environment: { ACM_GATEWAY_APPCACHE_RETENTION: "5m" },
  });
  assert.equal(warnings.length, 5);
  assert.match(warnings[0] ?? "", /^ACM_GATEWAY_APPCACHE_RETENTION is ignored: /);
});

test("configuration - single-dash flags of Go are refused, with the flag that is meant", () => {
  assert.deepEqual(refused({ flags: ["-proxyTimeout=10"] }), [
    "-proxyTimeout is no flag of this command: did you mean --proxyTimeout? (the command line)",
  ]);
});

test("configuration - variables that Kubernetes makes for Services stop nothing", () => {
  const environment = {
    APPCONN_GATEWAY_PORT: "tcp://10.0.0.1:8080",
    APPCONN_GATEWAY_SERVICE_HOST: "10.0.0.1",
    APPCONN_GATEWAY_SERVICE_PORT_HTTP_PROXY: "8080",
    APPCONN_GATEWAY_PORT_8080_TCP_ADDR: "10.0.0.1",
    APPCONN_CONFIG: "c.yaml",
    APPCONN_DATA_DIR: "",
  };
  assert.equal(loaded({ environment }).options.gateway.port, 8080);
});

test("configuration - an empty file and empty branches say nothing", () => {
  for (const content of ["", "# nothing\n", "gateway:\n", "gateway: {}\n---\n"]) {
    const result = load(tree, { ...nothing, file: { name: "c.yaml", text: content } });
    if (content.includes("---")) assert.equal(result.kind, "refused");
    else assert.equal(result.kind, "loaded", content);
  }
});

test("configuration - a file that is no YAML, or no map, is refused with its line", () => {
  assert.deepEqual(refused({ file: { name: "c.yaml", text: "a: 1\nb: [1" } }), [
    "(file) is not YAML: bad indent (c.yaml:2)",
  ]);
  assert.deepEqual(refused({ file: { name: "c.yaml", text: "- a\n" } }), [
    "(file) must be a map of settings (c.yaml:1)",
  ]);
  assert.deepEqual(refused({ file: { name: "c.yaml", text: "gateway: {port: }\n" } }), [
    "gateway.port must be a whole number from 0 to 65535, not nothing (c.yaml:1)",
  ]);
});

test("configuration - a repeated key in the file is refused", () => {
  assert.equal(refused({ file: { name: "c.yaml", text: "dataDir: a\ndataDir: b\n" } }).length, 1);
});

test("configuration - the result cannot be changed, and changes no declaration", () => {
  const { options } = loaded({});
  assert.ok(Object.isFrozen(options) && Object.isFrozen(options.gateway));
  assert.ok(Object.isFrozen(options.outbound.deniedNetworks));
  assert.notEqual(options.outbound.deniedNetworks, tree.outbound.deniedNetworks.default);
});

test("configuration - keys that every object has are unknown like any other", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    assert.equal(refused({ file: { name: "c.yaml", text: `${name}: {polluted: 1}\n` } }).length, 1, name);
  }
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

test("configuration - each setting has one name for each source", () => {
  assert.deepEqual(
    nameSettings(tree).map(({ key, flag: name, environment }) => [key, name, environment])[2],
    ["gateway.proxyTimeout", "gateway-proxy-timeout", "APPCONN_GATEWAY_PROXY_TIMEOUT"],
  );
});
