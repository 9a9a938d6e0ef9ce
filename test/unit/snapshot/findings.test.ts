import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Application, ApplicationEntry } from "../../../src/core/resources/application.ts";
import type { New } from "../../../src/core/resources/resource.ts";
import { findingParts, foundServices } from "../../../src/snapshot/findings.ts";
import { annotated } from "../../doubles/annotated.ts";
import { api, application, service, shop } from "../../doubles/applications.ts";
import { TestAuthority, type WantedCertificate } from "../../doubles/certificates.ts";
import { holdApplication, type HeldScene } from "../../doubles/held-application.ts";

const NOW = Date.UTC(2026, 5, 1);
const DAY = 24 * 3_600_000;

/** `severity reason: message`, one for each finding. */
function found(context: TestContext, value: New<Application>, scene: HeldScene = {}): string[] {
  const { held, compile } = holdApplication(context, value, scene);
  return [...findingParts(held, { compile, now: NOW })]
    .flat()
    .map(({ severity, reason, message }) => `${severity} ${reason}: ${message}`);
}

test("findings - there are none of an Application that is as it should be", (context) => {
  const credentials = { type: "Basic", secretName: "s" };
  const value = annotated(shop("https://erp.example/api", { credentials }), { "appconn.dev/timeout": "3s" });
  assert.deepEqual(found(context, value, { secrets: { s: { username: "u", password: "p" } } }), []);
});

const target = "https://erp.example/";
const basic = { type: "Basic", secretName: "s" };
const oauth = { type: "OAuth", secretName: "s", authenticationUrl: "https://idp.example/token" };
const client = { s: { clientId: "me", clientSecret: "canary" } };

/** What is wrong with an entry, and what is found. */
const faults: readonly [
  about: string,
  entry: Partial<ApplicationEntry>,
  scene: HeldScene,
  expected: string,
][] = [
  [
    "a Secret that does not exist",
    { credentials: basic },
    {},
    "error SecretNotFound: failed to read API for Orders API service, secret 's' not found",
  ],
  [
    "a Secret of parameters that does not exist",
    { requestParametersSecretName: "params" },
    {},
    "error SecretNotFound: failed to read API for Orders API service, secret 'params' not found",
  ],
  [
    "parameters that are none",
    { requestParametersSecretName: "params" },
    { secrets: { params: { headers: "canary" } } },
    "error SecretInvalid: failed to read API for Orders API service, Failed to unmarshal headers, the value is not JSON",
  ],
  [
    "a key that is missing",
    { credentials: basic },
    { secrets: { s: { username: "canary" } } },
    "warning SecretKeyMissing: secret 's' has no key 'password', which counts as empty",
  ],
  [
    "credentials of an unknown type",
    { credentials: { type: "basic", secretName: "s" } },
    { secrets: client },
    "error CredentialTypeUnknown: failed to read API for Orders API service, unknown credentials type 'basic'",
  ],
  [
    "a target that is no URL",
    { targetUrl: "http://:canary@[/" },
    {},
    "error TargetUrlInvalid: failed to parse target url 'http://[/': 'invalid host or port'",
  ],
  [
    "a target without a host",
    { targetUrl: "erp/api" },
    {},
    "error TargetUrlInvalid: target url 'erp/api' cannot be called: no scheme or host",
  ],
  [
    "a target at a refused address",
    { targetUrl: "http://10.1.2.3/" },
    { denied: ["10.0.0.0/8"] },
    "error TargetRefused: the egress policy refuses the address at which the target is written",
  ],
  [
    "a token endpoint that is no URL",
    { credentials: { ...oauth, authenticationUrl: "https://idp example" } },
    { secrets: client },
    "error TokenUrlInvalid: failed to create token request: invalid character in URL",
  ],
  [
    "a token endpoint without a host",
    { credentials: { ...oauth, authenticationUrl: "idp" } },
    { secrets: client },
    "error TokenUrlInvalid: failed to make a request to 'idp': no scheme or host",
  ],
  [
    "a token endpoint at a refused address",
    { credentials: { ...oauth, authenticationUrl: "http://10.1.2.3/token" } },
    { secrets: client, denied: ["10.0.0.0/8"] },
    "error EndpointRefused: the egress policy refuses the address at which the token endpoint is written",
  ],
  [
    "a CSRF endpoint that is no URL",
    { credentials: { ...oauth, csrfInfo: { tokenEndpointURL: "https://erp example" } } },
    { secrets: client },
    "error CsrfUrlInvalid: failed to create token request: invalid character in URL",
  ],
  [
    "a CSRF endpoint without credentials",
    {
      credentials: { type: "NoAuth", secretName: "", csrfInfo: { tokenEndpointURL: "https://erp.example/" } },
    },
    {},
    "warning CsrfIgnored: csrfInfo is ignored, because there are no credentials",
  ],
  [
    "a certificate that is none",
    { credentials: { type: "CertificateGen", secretName: "s" } },
    { secrets: { s: { crt: "canary", key: "canary" } } },
    "error CertificateInvalid: Failed to prepare certificate, no certificate in PEM form in 'crt'",
  ],
];

for (const [about, entry, scene, expected] of faults) {
  test(`findings - ${about} is one, in words without a secret`, (context) => {
    const list = found(context, shop("https://erp.example/api", entry), scene);
    assert.deepEqual(list, [expected]);
    assert.equal(list.join().includes("canary"), false);
  });
}

test("findings - an annotation with a bad value refuses the API, one that is unknown has no effect", (context) => {
  const value = annotated(shop("https://erp.example/api"), {
    "appconn.dev/rate-limit": "much",
    "appconn.dev/timeoutt": "3s",
    "bills.appconn.dev/timeout": "3s",
  });
  const [unknown, misnamed, invalid, ...more] = found(context, value);
  assert.match(
    unknown ?? "",
    /^warning SettingUnknown: .*"appconn\.dev\/timeoutt": there is no such setting$/,
  );
  assert.match(misnamed ?? "", /^warning SettingUnknown: .*bills\.appconn\.dev: there is no such API$/);
  assert.match(
    invalid ?? "",
    /^error SettingInvalid: annotation 'appconn\.dev\/rate-limit' of the Application must be /,
  );
  assert.deepEqual(more, []);
});

test("findings - a bundle of authorities that does not exist refuses the API", (context) => {
  const value = annotated(shop("https://erp.example/api"), { "appconn.dev/ca-bundle": "authorities" });
  assert.deepEqual(found(context, value), [
    "error CertificateBundleUnusable: Secret 'authorities' of annotation 'ca-bundle' is no bundle of certificate authorities: it does not exist",
  ]);
});

const PLACE = "in secret 'authorities'";
const bundles: readonly [about: string, dates: readonly Partial<WantedCertificate>[], expected: string[]][] =
  [
    [
      "has ended",
      [{ notBefore: new Date(NOW - 9 * DAY), notAfter: new Date(NOW - DAY) }],
      [`warning CertificateBundleExpired: the authority ${PLACE} ended at 2026-05-31T00:00:00Z`],
    ],
    [
      "does not count yet",
      [{ notBefore: new Date(NOW + DAY), notAfter: new Date(NOW + 90 * DAY) }],
      [`warning CertificateBundleExpired: the authority ${PLACE} does not count before 2026-06-02T00:00:00Z`],
    ],
    [
      "ends within two weeks, beside one that does not",
      [
        { notBefore: new Date(NOW - DAY), notAfter: new Date(NOW + 15 * DAY) },
        { notBefore: new Date(NOW - DAY), notAfter: new Date(NOW + 13 * DAY) },
      ],
      [`warning CertificateBundleExpiring: authority 2 of 2 ${PLACE} ends at 2026-06-14T00:00:00Z`],
    ],
    [
      "has ended, as four others have",
      Array.from({ length: 5 }, () => ({
        notBefore: new Date(NOW - 9 * DAY),
        notAfter: new Date(NOW - DAY),
      })),
      [1, 2, 3].map(
        (place) =>
          `warning CertificateBundleExpired: authority ${place} of 5 ${PLACE} ended at 2026-05-31T00:00:00Z`,
      ),
    ],
  ];

for (const [about, dates, expected] of bundles) {
  test(`findings - an authority of ca-bundle that ${about} is one, and the API is called`, async (context) => {
    const authority = await TestAuthority.create();
    const made = await Promise.all(
      dates.map((one, index) => authority.certificate({ subject: `CN=root ${index}`, ...one })),
    );
    const value = annotated(shop("https://erp.example/api"), { "appconn.dev/ca-bundle": "authorities" });
    const text = made.map(({ crt }) => `a comment\n${crt}`).join("");
    assert.deepEqual(found(context, value, { secrets: { authorities: { "ca.crt": text } } }), expected);
  });
}

test("findings - a host name that another Application has too is one of the API that would be called by it", (context) => {
  const value = application("shop", [
    service("Orders", [api(target, { name: "a" }), api(target, { name: "b" })], { id: "Orders" }),
    service("Bills", [api(target)], { id: "bills" }),
  ]);
  const { held, compile } = holdApplication(context, value, { sharedHosts: ["shop-orders"] });
  const list = [...findingParts(held, { compile, now: NOW })].flat();
  assert.deepEqual(
    list.map(({ severity, reason, step, entry, message }) => [severity, reason, step, entry, message]),
    [
      [
        "warning",
        "HostNameShared",
        "name",
        "b",
        "another Application has a service with the host name 'shop-orders' too, so that calls by it are refused",
      ],
    ],
  );
});

test("findings - a service whose id a later one of the Application has too is told which one its host name reaches", (context) => {
  const value = application("shop", [
    service("Orders", [api(target)], { id: "Orders" }),
    service("Events", [], { id: "orders" }),
    service("Bills", [api(target)], { id: "orders" }),
  ]);
  const { held, compile } = holdApplication(context, value);
  const list = [...findingParts(held, { compile, now: NOW })].flat();
  assert.deepEqual(
    list.map((one) => [one.service?.displayName, one.reason, one.message]),
    [
      [
        "Orders",
        "HostNameShared",
        "the service 'Bills' has the same id, so that calls by the host name 'shop-orders' reach that one",
      ],
    ],
  );
});

test("findings - of a Secret that is another's nothing is told but that", (context) => {
  const value = shop("https://erp.example/api", { credentials: basic });
  const secrets = { s: { username: "canary" } };
  assert.deepEqual(found(context, value, { secrets, requireOwnSecrets: true }), [
    "error SecretInvalid: failed to read API for Orders API service, failed to get 's' secret, it does not belong to the Application: label it app=shop",
  ]);
});

const certificates: readonly [about: string, dates: Partial<WantedCertificate>, expected: string][] = [
  [
    "has ended",
    { notBefore: new Date(NOW - 9 * DAY), notAfter: new Date(NOW - DAY) },
    "error CertificateExpired: the client certificate in secret 's' ended at 2026-05-31T00:00:00Z",
  ],
  [
    "does not count yet",
    { notBefore: new Date(NOW + DAY), notAfter: new Date(NOW + 90 * DAY) },
    "error CertificateExpired: the client certificate in secret 's' does not count before 2026-06-02T00:00:00Z",
  ],
  [
    "ends within two weeks",
    { notBefore: new Date(NOW - DAY), notAfter: new Date(NOW + 13 * DAY) },
    "warning CertificateExpiring: the client certificate in secret 's' ends at 2026-06-14T00:00:00Z",
  ],
];

for (const [about, dates, expected] of certificates) {
  test(`findings - a client certificate that ${about} is one, for the target and for a token`, async (context) => {
    const authority = await TestAuthority.create();
    const pair = await authority.certificate({ subject: "CN=shop", ...dates });
    const types = [
      { type: "CertificateGen", secretName: "s" },
      { type: "OAuthWithCert", secretName: "s", authenticationUrl: "https://idp.example/token" },
    ];
    for (const credentials of types) {
      const value = shop("https://erp.example/api", { credentials });
      assert.deepEqual(found(context, value, { secrets: { s: { clientId: "me", ...pair } } }), [expected]);
    }
  });
}

test("findings - a certificate that ends later is none", async (context) => {
  const authority = await TestAuthority.create();
  const dates = { notBefore: new Date(NOW - DAY), notAfter: new Date(NOW + 15 * DAY) };
  const pair = await authority.certificate({ subject: "CN=shop", ...dates });
  const value = shop("https://erp.example/api", { credentials: { type: "CertificateGen", secretName: "s" } });
  assert.deepEqual(found(context, value, { secrets: { s: { ...pair } } }), []);
});

/** The paths at which each API is called, and what is found of its name. */
function names(context: TestContext, value: New<Application>) {
  const { held, compile } = holdApplication(context, value);
  return [...foundServices(held, { compile, now: NOW })].flatMap(({ apis }) =>
    apis.map(({ manualPath, compassPath, faults: own }) => [
      manualPath,
      compassPath,
      ...own.map(({ severity, reason }) => `${severity} ${reason}`),
    ]),
  );
}

test("findings - two services of one name are not called on 8080, and on 8082 as long as their APIs differ", (context) => {
  const value = application("shop", [
    service("Orders API", [api(target, { name: "a" })]),
    service("orders (API)", [api(target, { name: "b" })], { id: "other" }),
  ]);
  assert.deepEqual(names(context, value), [
    [undefined, "/shop/orders-api/a/", "warning DuplicateName"],
    [undefined, "/shop/orders-api/b/", "warning DuplicateName"],
  ]);
});

test("findings - two APIs of one name are called nowhere", (context) => {
  const value = application("shop", [
    service("Orders", [api(target, { name: "REST v1" }), api(target, { name: "rest.v1" })]),
  ]);
  assert.deepEqual(names(context, value), [
    [undefined, undefined, "error DuplicateName"],
    [undefined, undefined, "error DuplicateName"],
  ]);
});

test("findings - a service with several APIs is called on 8082, which is as it should be", (context) => {
  const value = application("shop", [
    service("Orders", [api(target, { name: "a" }), api(target, { name: "b" }), { type: "Events" }]),
  ]);
  assert.deepEqual(names(context, value), [
    [undefined, "/shop/orders/a/"],
    [undefined, "/shop/orders/b/"],
  ]);
});

test("findings - an API without a name is called on 8080 alone, and nowhere beside another one", (context) => {
  const unnamed = { type: "API", targetUrl: target } as const;
  assert.deepEqual(names(context, application("shop", [service("Orders", [unnamed])])), [
    ["/shop/orders/", undefined],
  ]);
  const beside = application("shop", [service("Orders", [unnamed, api(target, { name: "a" })])]);
  assert.deepEqual(names(context, beside), [
    [undefined, undefined, "error DuplicateName"],
    [undefined, "/shop/orders/a/"],
  ]);
});

test("findings - each says what to do in a sentence, and where it is", (context) => {
  const value = shop("erp", { credentials: basic, name: "REST v1" });
  const { held, compile } = holdApplication(context, value);
  const [one, ...more] = [...findingParts(held, { compile, now: NOW })].flat();
  assert.deepEqual(more, []);
  assert.deepEqual(one?.service, { id: "id-of-orders-api", displayName: "Orders API" });
  assert.equal(one.entry, "REST v1");
  assert.match(one.remedy, /^[A-Z].*\.$/);
});
