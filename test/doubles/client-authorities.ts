import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openssl } from "./openssl.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

/** Key and certificate of an authority, PEM, as an installation's own tools make them. */
export interface MadeAuthority {
  readonly certificate: string;
  readonly key: string;
}

export interface AuthoritySpecification {
  /** Arguments of `openssl genpkey`. */
  readonly key: readonly string[];
  readonly subject?: string;
  readonly days?: number;
  /** Lines of an extension section. */
  readonly extensions?: readonly string[];
  /** Self-signed where absent. */
  readonly signer?: MadeAuthority;
  /** More arguments of `openssl req`. */
  readonly more?: readonly string[];
  /** Which string types `openssl` gives the attributes of the name. */
  readonly stringMask?: string;
}

const CA = ["basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature"];

/** Made by the `openssl` program, not by the library under test. */
export function makeAuthority(specification: AuthoritySpecification): MadeAuthority {
  const { key, subject = "/CN=Kyma", days = 3650, extensions = CA, signer, more = [] } = specification;
  const { stringMask = "utf8only" } = specification;
  using directory = new TemporaryDirectory();
  const at = (name: string) => join(directory.path, name);
  openssl("genpkey", ...key, "-out", at("key"));
  const file = (name: string, content: string): string => {
    writeFileSync(at(name), content);
    return at(name);
  };
  const signed = signer ? ["-CA", file("ca", signer.certificate), "-CAkey", file("ca-key", signer.key)] : [];
  const config = file("config", `[req]\nstring_mask=${stringMask}\ndistinguished_name=dn\n[dn]\n`);
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  const certificate = openssl(
    ...["req", "-x509", "-new", "-utf8", "-config", config, "-key", at("key"), "-subj", subject],
    ...["-days", String(days), ...signed, ...added, ...more],
  );
  return { certificate, key: readFileSync(at("key"), "utf8") };
}
