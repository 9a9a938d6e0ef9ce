import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readCertificateRequest } from "../../src/pki/certificate-request.ts";
import { ClientSigner } from "../../src/pki/client-signer.ts";
import { type AuthorityKeyAlgorithm, issueClientAuthority } from "../../src/pki/issue-client-authority.ts";
import { newRequest, REQUEST_SUBJECT } from "./certificate-request-scene.ts";
import { formatLine } from "../line.ts";

const DAY = 86_400_000;
const ROUNDS = 5;
const REQUESTS = 200;

/** Requests read, checked and signed for each second of CPU time, all threads together; the best of several rounds. */
for (const [name, authority, key] of [
  ["sign-ec", "ec", generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ["sign-rsa", "rsa", generateKeyPairSync("rsa", { modulusLength: 2048 })],
] as const) {
  // eslint-disable-next-line no-await-in-loop -- one after the other
  await measure(name, authority, key);
}

async function measure(
  name: string,
  algorithm: AuthorityKeyAlgorithm,
  keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
): Promise<void> {
  const now = Date.now();
  const validity = { notBefore: new Date(now - DAY), notAfter: new Date(now + 3650 * DAY) };
  const { issuer } = await issueClientAuthority(algorithm, validity);
  const signer = await ClientSigner.create(issuer.certificate, createPrivateKey(issuer.key));
  const request = await newRequest(keys);
  const signOne = async (): Promise<void> => {
    const read = await readCertificateRequest(request, REQUEST_SUBJECT);
    if (read.kind === "refused") throw new Error(read.text);
    const { fields: subject, commonName } = REQUEST_SUBJECT;
    await signer.sign({ publicKey: read.publicKey, subject, commonName, validity: 90 * DAY, now });
  };
  const perSecond: number[] = [];
  const longest: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // eslint-disable-next-line no-await-in-loop -- rounds do not overlap
    perSecond.push(await signAll(signOne));
    // eslint-disable-next-line no-await-in-loop -- as above
    longest.push(await longestTurn(signOne));
  }
  const figures = { "per-s": Math.max(...perSecond), "turn-ms": Math.min(...longest) };
  console.log(formatLine({ contender: "micro", case: name, figures }));
}

/** Per second of CPU time. */
async function signAll(signOne: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < REQUESTS; index += 4) {
    // eslint-disable-next-line no-await-in-loop -- four at a time, as clients come
    await Promise.all([signOne(), signOne(), signOne(), signOne()]);
  }
  const { user, system } = process.cpuUsage(before);
  return REQUESTS / ((user + system) / 1e6);
}

/** The wall time of one alone: what a call through the gateway may wait for it at most. Milliseconds. */
async function longestTurn(signOne: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await signOne();
  return performance.now() - begin;
}
