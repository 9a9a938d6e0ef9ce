import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openssl } from "./openssl.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

/** The subject of connector spec §6, as OpenSSL takes it. */
export const SUBJECT = "/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/C=DE/CN=shop";

export const EXPECTED = {
  fields: {
    country: "DE",
    organization: "Organization",
    organizationalUnit: "OrgUnit",
    locality: "Waldorf",
    province: "Waldorf",
  },
  commonName: "shop",
} as const;

export interface RequestSpecification {
  readonly subject?: string;
  /** Arguments of `openssl genpkey`. */
  readonly key?: readonly string[];
  /** More arguments of `openssl req`. */
  readonly more?: readonly string[];
}

export const RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
export const P256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** A request as clients make it with the `openssl` program. PEM. */
export function makeRequest(specification: RequestSpecification = {}): { request: string; key: string } {
  const { subject = SUBJECT, key = P256, more = [] } = specification;
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "key.pem");
  openssl("genpkey", ...key, "-out", file);
  const request = openssl("req", "-new", "-utf8", "-key", file, "-subj", subject, ...more);
  return { request, key: readFileSync(file, "utf8") };
}

export function encode(text: string | Uint8Array): string {
  return Buffer.from(text).toString("base64");
}

/** PEM to DER. */
export function derOf(request: string): Buffer {
  return execFileSync("openssl", ["req", "-outform", "DER"], { input: request, stdio: "pipe" });
}
