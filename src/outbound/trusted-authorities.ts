import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { getCACertificates } from "node:tls";
import { Failure, reasonOf } from "../core/failures.ts";
import { outboundFailures } from "./failures.ts";
import type { OutboundOptions } from "./options.ts";

/**
 * Node's own list is built in; the system's store and the configured file come on top (gateway spec §22).
 * `default` when nothing comes on top: contexts share Node's own list, while any other one costs each of them
 * a megabyte and ten milliseconds.
 */
export function trustedAuthorities(further: readonly string[]): readonly string[] | "default" {
  const builtIn = getCACertificates("default");
  const all = new Set([...builtIn, ...getCACertificates("system"), ...further]);
  return all.size === new Set(builtIn).size ? "default" : [...all];
}

/** What the configured file holds, in PEM. Throws a Failure when it cannot be used. */
export function furtherAuthorities({ caFile }: Pick<OutboundOptions, "caFile">): readonly string[] {
  return caFile === "" ? [] : [readAuthorities(caFile)];
}

function readAuthorities(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    // A secure context ignores what is no certificate, and every call would fail instead.
    void new X509Certificate(text);
    return text;
  } catch (error) {
    const definition = outboundFailures.OUTBOUND_CA_FILE_UNREADABLE;
    throw new Failure("OUTBOUND_CA_FILE_UNREADABLE", definition, [file, reasonOf(error)], { cause: error });
  }
}
