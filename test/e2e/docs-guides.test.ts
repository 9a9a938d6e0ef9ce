import { readFileSync, writeFileSync } from "node:fs";
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { repositoryRoot } from "../architecture/source-files.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { findBinary } from "../tools/binary.ts";
import { appconn } from "./appconn-process.ts";
import { followDocument, type Expected } from "./follow-document.ts";

const guide = (name: string): string => join(repositoryRoot, "docs/guides", `${name}.md`);

const STARTED = /Ctrl-C stops it\./;
const APPLIED = /application\.applicationconnector\.kyma-project\.io\/shop created/;
const PAIRED = /shop is paired\. Its identity is in \.\/shop-identity, until 20/;
const LINK =
  /^https:\/\/connector-service\.localhost:\d+\/v1\/applications\/signingRequests\/info\?token=\S+/m;
const REVOKED = /\{"code":403,"error":"Certificate has been revoked\."\}/;
const IS_SHOP = /"clientIdentity":\{"application":"shop"\}/;
const NO_EVENTS = /\{"code":503,"error":"the event publisher does not run here"\}/;
const NOTHING = /^$/;

const FILES =
  "--cert ./shop-identity/client.crt --key ./shop-identity/client.key --cacert ./shop-identity/server-ca.crt";
const INFO = "https://gateway.localhost:8443/v1/applications/management/info";
const EVENTS = "https://gateway.localhost:8443/shop/v1/events";

const PAIRING: Expected = {
  "npm start": /pairing\) +https:\/\/connector-service\.localhost:\d+\n[^]*Ctrl-C stops it\./,
  "npx appconn apply -f examples/shop/application.yaml": APPLIED,
  "npx appconn token create shop":
    /#ca-sha256=[0-9a-f]{64}\n[^]*The link works once, until 20.* UTC \(5 minutes\)/,
  "npx appconn connect '<link>' --out ./shop-identity": PAIRED,
  [`curl ${FILES} ${INFO}`]: [IS_SHOP, REVOKED],
  [`curl ${FILES} ${EVENTS}`]: NO_EVENTS,
  [`curl ${FILES} https://gateway.localhost:8443/crm/v1/events`]:
    /"code":404,"error":".* name crm is not found/,
  "npx appconn cert renew ./shop-identity": /^renewed shop: until 20/,
  "npx appconn connect --out ./shop-identity --watch": /^Stays, and renews the identity of shop on 20/,
  "npx appconn cert list shop": /"requestedFrom": "127\.0\.0\.1"[^]*"renewedFrom": "[0-9a-f]{64}"/,
  "npx appconn cert revoke ./shop-identity": /^revoked shop: [0-9a-f]{64}\n$/,
  'for hash in $(npx appconn cert list shop -o name); do npx appconn cert revoke --yes --hash "$hash"; done':
    /^(revoked [0-9a-f]{64}\n){2}$/,
  "npx appconn token create shop -o link | npx appconn connect - --out ./shop-identity --force": PAIRED,
  "export KUBECONFIG=~/.local/share/appconn/kubeconfig": NOTHING,
  "kubectl apply -f examples/shop/token-request.yaml": /tokenrequest\.\S+\/shop created/,
  "kubectl wait --for=jsonpath='{.status.state}'=OK --timeout=30s tokenrequest/shop": /condition met/,
  "kubectl get tokenrequest shop -o jsonpath='{.status.url}' | npx appconn connect - --out ./shop-identity --force --server-ca ~/.local/share/appconn/pki/server-ca.crt":
    PAIRED,
};

test("pairing - whoever types the guide's commands sees what it says", async () => {
  await followDocument(guide("pairing"), PAIRING);
});

const SERVICES = "https://gateway.localhost:8443/shop/v1/metadata/services";
const REGISTER = "npx appconn register ./shop-identity examples/shop/service.yaml";
const ORDERS = "curl http://localhost:8080/shop/orders-api/orders/42";

const REGISTERING: Expected = {
  "npm start": STARTED,
  "npm run example:orders:system": /curl -i http:/,
  "npx appconn apply -f examples/shop/application.yaml": APPLIED,
  "npx appconn token create shop -o link | npx appconn connect - --out ./shop-identity": PAIRED,
  [REGISTER]: [
    /^warning: The target is called without TLS\nregistered Orders API: id [0-9a-f-]{36}\n$/,
    /^warning: .*\nreplaced Orders API: id [0-9a-f-]{36}\n$/,
  ],
  "npx appconn api list shop -o table": [
    /^NAME .*\nOrders API +API +OAuth +http:\/\/localhost:\d+\/shop\/orders-api\n$/,
    /^NAME .*\nOrder events +Events *\n$/,
  ],
  [ORDERS]: [/\{"id":42,"item":"anvil","quantity":1,"warehouse":"berlin"\}/, /\{"code":404,"error":".*"\}/],
  [`curl ${FILES} --data @examples/shop/events.json ${SERVICES}`]: /\{"id":"[0-9a-f-]{36}"\}/,
  [`curl ${FILES} ${SERVICES}`]: /"name":"Orders API"[^]*"name":"Order events"/,
  [`curl ${FILES} '${SERVICES}?identifier=acme-orders'`]:
    /\[\{"id":"[0-9a-f-]{36}","provider":"ACME","name":"Orders API",[^[]*\]/,
  [`curl ${FILES} -D - '${SERVICES}/<id>'`]:
    /ETag: "[0-9a-f]{64}"[^]*"clientId":"\*{8}","clientSecret":"\*{8}"[^]*"spec":\{"openapi":"3\.0\.3"/i,
  [`curl ${FILES} '${SERVICES}/<id>/specs'`]: /"type":"openapi",.*"phase":"Ready"/,
  [`curl ${FILES} '${SERVICES}/<id>/specs/openapi'`]: /\{"openapi":"3\.0\.3","info":/,
  [`curl ${FILES} '${SERVICES}/<id>/specs/openapi/report'`]: /"phase":"Ready",.*"findings":\[/,
  "npx appconn get clusterassets -o table": /^NAME [^]*-openapi-.* Ready /,
  [`curl ${FILES} -X DELETE '${SERVICES}/<id>'`]: /^(?!.*"code")/,
};

test("registering APIs - whoever types the guide's commands sees what it says", async () => {
  await followDocument(guide("registering-apis"), REGISTERING);
});

const CURL = "curl -sS --cacert curl-identity/server-ca.crt";
const CERTIFICATE = "--cert curl-identity/client.crt --key curl-identity/client.key";
const read = (member: string, file: string): string =>
  `sed -n 's/.*"${member}":"\\([^"]*\\)".*/\\1/p' curl-identity/${file}.json`;
const request = (name: string): string =>
  `openssl req -new -newkey rsa:2048 -nodes -keyout curl-identity/${name}.key -out curl-identity/${name}.csr -subj "/$(${read("subject", "info")} | tr , /)"`;
const body = (name: string): string =>
  `printf '{"csr":"%s"}' "$(openssl base64 -A -in curl-identity/${name}.csr)" > curl-identity/request.json`;
const store = (member: string, file: string): string =>
  `${read(member, "answer")} | openssl base64 -d -A > curl-identity/${file}.crt`;

const WITH_OPENSSL: Expected = {
  "npm start": STARTED,
  "npx appconn apply -f examples/shop/application.yaml": APPLIED,
  "npx appconn token create shop": LINK,
  "mkdir -m 700 curl-identity": NOTHING,
  "cp ~/.local/share/appconn/pki/server-ca.crt curl-identity/": NOTHING,
  [`${CURL} '<link>' -o curl-identity/info.json`]: NOTHING,
  "cat curl-identity/info.json": /"subject":"O=Organization,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE,CN=shop"/,
  [request("client")]: /^[.+*\n-]*$/,
  "openssl req -in curl-identity/client.csr -noout -verify -subject": /verify OK[^]*CN = shop/,
  [body("client")]: NOTHING,
  [`${CURL} --data @curl-identity/request.json -o curl-identity/answer.json "$(${read("csrUrl", "info")})"`]:
    NOTHING,
  [store("crt", "client")]: NOTHING,
  [store("caCrt", "client-ca")]: NOTHING,
  "openssl verify -purpose sslclient -CAfile curl-identity/client-ca.crt curl-identity/client.crt":
    /client\.crt: OK/,
  "openssl x509 -in curl-identity/client.crt -noout -subject -enddate": /CN = shop\nnotAfter=.* GMT/,
  [`${CURL} ${CERTIFICATE} ${INFO}`]: [IS_SHOP, REVOKED],
  [request("next")]: /^[.+*\n-]*$/,
  [body("next")]: NOTHING,
  [`${CURL} ${CERTIFICATE} --data @curl-identity/request.json -o curl-identity/answer.json https://gateway.localhost:8443/v1/applications/certificates/renewals`]:
    NOTHING,
  [store("crt", "next")]: NOTHING,
  "mv curl-identity/next.key curl-identity/client.key": NOTHING,
  "mv curl-identity/next.crt curl-identity/client.crt": NOTHING,
  [`curl -sS -D - -o /dev/null --cacert curl-identity/server-ca.crt ${CERTIFICATE} ${INFO}`]:
    /HTTP\/1\.1 200 OK[^]*Renew-After: .* GMT/,
  [`curl -sS -o /dev/null -w '%{http_code}\\n' -X POST --cacert curl-identity/server-ca.crt ${CERTIFICATE} https://gateway.localhost:8443/v1/applications/certificates/revocations`]:
    /^201\n$/,
  [`${CURL} https://connector-service.localhost:8444/v1/ca.crl -o curl-identity/ca.crl`]: NOTHING,
  "openssl crl -inform DER -in curl-identity/ca.crl -noout -text":
    /Revoked Certificates:\n +Serial Number: [0-9A-F]+/,
  [`openssl s_client -connect localhost:8443 -servername gateway.localhost -CAfile curl-identity/server-ca.crt ${CERTIFICATE.replaceAll("--", "-")} -brief < /dev/null`]:
    /Protocol version: TLSv1\.3[^]*Verification: OK/,
};

test("pairing with openssl - whoever types the guide's commands sees what it says", async () => {
  await followDocument(guide("pairing-with-openssl"), WITH_OPENSSL);
});

const BEHIND_A_PROXY: Expected = {
  "npm start -- --components=gateway,admin,connector,validator --connector-trusted-xfcc-proxies=127.0.0.1 --validator-trusted-xfcc-proxies=127.0.0.1 --connector-connector-service-host=connector-service.localhost:8444 --connector-certificate-protected-host=gateway.localhost:8443":
    /connector +http:\/\/127\.0\.0\.1:\d+\n +validator +http:/,
  "mkdir -m 700 proxy": NOTHING,
  'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/CN=proxy" -addext "subjectAltName=DNS:gateway.localhost,DNS:connector-service.localhost" -keyout proxy/server.key -out proxy/server.crt':
    /^-----\n$/,
  "npx appconn ca show -o pem > proxy/client-ca.pem": NOTHING,
  "haproxy -W -f examples/behind-a-proxy/haproxy.cfg": /Loading success/,
  "npx appconn apply -f examples/shop/application.yaml": APPLIED,
  // An authority in it would be the one that our ingress has, and the proxy has not.
  "npx appconn token create shop": /\?token=[^\s#]+\n/,
  "npx appconn connect '<link>' --out ./shop-identity --server-ca proxy/server.crt": PAIRED,
  [`curl ${FILES} ${EVENTS}`]: [NO_EVENTS, REVOKED],
  [`curl -H 'X-Forwarded-Client-Cert: Subject="CN=crm"' ${FILES} ${INFO}`]: IS_SHOP,
  [`curl -H 'X-Forwarded-Client-Cert: Subject="CN=shop"' http://127.0.0.1:8085/shop/v1/events`]: NO_EVENTS,
  "npx appconn cert revoke ./shop-identity": /^revoked shop:/,
  "npm start -- --components=admin,validator --validator-trusted-xfcc-proxies=127.0.0.1 --validator-registry-host=registry.example.com:8081 --validator-eventing-publisher-host=publisher.example.com:8080":
    /validator +http:/,
};

test(
  "behind a proxy - whoever types the guide's commands sees what it says",
  { skip: findBinary("haproxy").skip },
  async () => {
    await followDocument(guide("behind-a-proxy"), BEHIND_A_PROXY);
  },
);

const CA = "CN=Application Connector client CA";

const AUTHORITY: Expected = {
  "npm start": STARTED,
  "npx appconn ca show": [
    new RegExp(`"issuer": \\{\\s+"name": "${CA}`),
    /"trusted": (?:[^]*"hash"){4}/,
    /"issuer": \{\s+"name": "CN=Company clients"[^]*"CN=Application Connector client CA/,
    /"issuer": \{\s+"name": "CN=Company clients"/,
  ],
  "tar -C ~/.local/share/appconn -cpf pki-backup.tar pki": NOTHING,
  "mv ~/.local/share/appconn/pki/client-root.key ~/client-root.key": NOTHING,
  "npx appconn ca rotate":
    /signs\n.* above it\n.* still counts\n.* still counts\n[^]*appconn ca retire [0-9a-f]{12}\n$/,
  "npx appconn ca rotate --compromised --yes": /^HASH .*\n.* signs\n.* above it\n$/,
  "npx appconn token create shop": LINK,
  'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Company clients" -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature -keyout ca.key -out ca.crt':
    /^-----\n$/,
  "npm start -- --connector-ca-certificate-file=ca.crt --connector-ca-key-file=ca.key": STARTED,
  [`printf '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"client-ca","namespace":"kyma-system"},"data":{"tls.crt":"%s","tls.key":"%s"}}' "$(openssl base64 -A -in ca.crt)" "$(openssl base64 -A -in ca.key)" | npx appconn apply -f -`]:
    /^secret\/client-ca created\n$/,
  "npm start -- --connector-ca-secret=kyma-system/client-ca": STARTED,
  "curl -s http://localhost:8081/metrics | grep _days_left": /^appconn_client_authority_days_left 36\d\d/m,
};

test("certificate authority - whoever types the guide's commands sees what it says", async () => {
  await followDocument(guide("certificate-authority"), AUTHORITY);
});

const ACCESS: Expected = {
  "npm start": STARTED,
  "(umask 077 && npx appconn access create alice --role editor --expires 90d -o kubeconfig > alice.kubeconfig)":
    NOTHING,
  "npx appconn access create shop-team --role editor --application shop --expires 90d":
    /appconn_[\w-]{43}\n[^]*shop-team is editor of shop, until 20/,
  "npx appconn access list": /"name": "alice"[^]*"name": "shop-team"/,
  "npx appconn access revoke alice": /^revoked alice\n$/,
};

test("access - whoever types the guide's commands sees what it says", async () => {
  await followDocument(guide("access"), ACCESS);
});

const OBSERVING: Expected = {
  "npm start -- --telemetry-access-log-destination=access.log": STARTED,
  "npm run example:orders:system": /curl -i http:/,
  "npx appconn apply -f examples/orders/": /orders created/,
  "curl http://localhost:8080/orders/orders-api/orders/42": /"id":42/,
  "npx appconn top": /^\{"time":"20\S+Z","seconds":\d[\d.]*,"calls":\[/,
  "npx appconn top --once --interval 1s": /^\{"time":"20\S+Z","seconds":\d[\d.]*,"calls":\[.*\]\}\n$/,
  "npx appconn logs -f --application orders": NOTHING,
  "npx appconn logs --since 1h --application orders":
    /^\{"time":"20\S+Z","log":"access","application":"orders","service":"orders-api",.*"status":200/,
  "curl -s http://localhost:8081/metrics":
    /application_gateway_requests_total\{application="orders",.*\} 1\n/,
  "promtool check rules deploy/prometheus/rules.yaml": /SUCCESS: \d+ rules found/,
  "promtool test rules deploy/prometheus/rules.test.yaml": /SUCCESS/,
};

test("observing - whoever types the guide's commands sees what it says", async () => {
  await followDocument(guide("observing"), OBSERVING);
});

test("workers - whoever types the guide's commands sees what it says", async () => {
  await followDocument(guide("workers"), {
    "npm start -- --workers=2": STARTED,
    "curl -s http://localhost:8081/metrics | grep appconn_worker": /^appconn_worker_ready\{worker="2"\} 1$/m,
  });
});

test("guides - their YAML can be read, and settings in it exist", async () => {
  using directory = new TemporaryDirectory();
  const names = [
    "getting-started",
    "pairing",
    "pairing-with-openssl",
    "registering-apis",
    "behind-a-proxy",
    "certificate-authority",
    "access",
  ];
  const blocks = names.flatMap((name) =>
    [...readFileSync(guide(name), "utf8").matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = ""]) => text),
  );
  let settings = 0;
  for (const text of blocks) {
    const documents = parseAllDocuments(text);
    assert.deepEqual(
      documents.flatMap(({ errors }) => errors.map(String)),
      [],
      text,
    );
    const isSettings = documents.some((document) => document.has("connector") || document.has("ingress"));
    if (!isSettings) continue;
    settings++;
    const file = join(directory.path, `settings-${settings}.yaml`);
    writeFileSync(file, text);
    // eslint-disable-next-line no-await-in-loop -- two
    const { code, stderr } = await appconn(["serve", "--config", file, "--print-config"]);
    assert.equal(code, 0, stderr);
  }
  assert.equal(settings, 2);
});

const SHOP = "examples/shop/application.yaml";

const KUBECTL: Expected = {
  "npm start": STARTED,
  "export KUBECONFIG=~/.local/share/appconn/kubeconfig": NOTHING,
  "kubectl api-resources": /^NAME [^]*\napplicationmappings +am +applicationconnector/,
  "kubectl explain application.spec.services.entries":
    /targetUrl\t<string>\n +Base URL of the API; may have a path and a query\./,
  [`kubectl apply -f ${SHOP}`]: APPLIED,
  "kubectl get applications": /^NAME +SERVICES +STATUS +AGE\nshop +0 /,
  [`kubectl diff -f ${SHOP}`]: NOTHING,
  [`kubectl apply --dry-run=server -f ${SHOP}`]: /shop unchanged \(server dry run\)/,
  "kubectl label app shop tier=gold": /shop labeled/,
  [`kubectl patch app shop --type=merge -p '{"spec":{"description":"A better shop"}}'`]: [
    /shop patched$/m,
    /shop patched/,
  ],
  [`kubectl patch app shop --type=json -p '[{"op":"test","path":"/spec/description","value":"A better shop"},{"op":"replace","path":"/spec/description","value":"The best shop"}]'`]:
    /shop patched$/m,
  [`kubectl patch app shop --type=json -p '[{"op":"replace","path":"/spec/description","value":"A better shop"}]'`]:
    /shop patched$/m,
  [`kubectl apply --server-side --force-conflicts --field-manager=team -f ${SHOP}`]:
    /shop serverside-applied/,
  "kubectl get app shop -o yaml --show-managed-fields": /manager: team\n/,
  "kubectl get app shop -o jsonpath='{.spec.description}'": /^A better shop$/,
  "kubectl -n kyma-system create secret generic shop-credentials --from-literal=username=connector --from-literal=password=change-me":
    /secret\/shop-credentials created/,
  "kubectl -n kyma-system describe secret shop-credentials": /password: +9 bytes/,
  "kubectl wait --for=jsonpath='{.spec.description}'='A better shop' --timeout=30s app/shop": /condition met/,
  "mkdir manifests": NOTHING,
  [`kubectl label --local -f ${SHOP} part=shop -o yaml > manifests/shop.yaml`]: NOTHING,
  "sed 's/name: shop/name: old-shop/' manifests/shop.yaml > manifests/old-shop.yaml": NOTHING,
  "kubectl apply -f manifests": /old-shop created\n[^]*\/shop configured/,
  "rm manifests/old-shop.yaml": NOTHING,
  "kubectl apply --prune -l part=shop --prune-allowlist=applicationconnector.kyma-project.io/v1alpha1/Application --prune-allowlist=core/v1/Secret -f manifests":
    /\/shop unchanged\n[^]*old-shop pruned/,
  "kubectl delete app shop": /"shop" deleted/,
};

test("kubectl - whoever types the guide's commands sees what it says", async () => {
  await followDocument(guide("kubectl"), KUBECTL);
});

const FAILING: Expected = {
  "npm start": STARTED,
  "npx appconn apply -f examples/orders/": /application\.\S+\/orders created/,
  "npx appconn describe application orders": [
    /Call: +http:\/\/localhost:\d+\/orders\/orders-api\/\n/,
    /Cannot be called: +SecretNotFound: [^]*'orders-oauth' not found/,
  ],
  "curl http://localhost:8081/v1/applications/orders/services":
    /"urls":\["http:\/\/localhost:\d+\/orders\/orders-api\/","http:[^]*"callable":true/,
  "npm run example:orders:system": /curl -i http:/,
  "npx appconn check orders": [/"ok": true/, /"ok": true/],
  "sed 's/correct-horse/wrong-horse/' examples/orders/secret.yaml | npx appconn apply -f -":
    /secret\/orders-oauth configured/,
  "npx appconn check orders/orders-api -o table": {
    fails: / token {5}failed [^]*response code '401'[^]* tcp {7}ok [^]*1 of 1 APIs cannot be called/,
  },
  "npx appconn delete secret orders-oauth -n kyma-system": /secret "orders-oauth" deleted/,
  "npx appconn get applications -o table": /^NAME +SERVICES +STATUS +AGE\norders +1 /,
  "npx appconn apply -f examples/orders/secret.yaml": /secret\/orders-oauth created/,
};

test("failing calls - whoever types the guide's commands sees what it says", async () => {
  await followDocument(guide("failing-calls"), FAILING);
});
