import { join } from "node:path";
import type { Emphasis } from "../output/emphasis.ts";
import type { ConnectionRecord } from "./connection-record.ts";
import { shellWord } from "./shell-word.ts";
import { dayAndTime } from "./times.ts";

/** What the person who has paired can do now. */
export function pairedText(record: ConnectionRecord, directory: string, emphasis: Emphasis): string {
  const place = shellWord(directory);
  return [
    emphasis(
      "bold",
      `${record.application} is paired. Its identity is in ${place}, until ${dayAndTime(record.expiresAt)}.`,
    ),
    "",
    "Try it:",
    `  ${curlLine(record, directory)}`,
    "",
    "Before it ends, renew it, or let it be renewed:",
    `  appconn cert renew ${place}`,
    `  appconn connect --out ${place} --watch`,
    "",
  ].join("\n");
}

/** A call that works from any shell: who it says you are, and the URLs for everything else. */
export function curlLine({ urls }: ConnectionRecord, directory: string): string {
  // Without `./`, curl takes `name:rest` for a file and its password.
  const file = (name: string) => shellWord(inDirectory(directory, name));
  const files = `--cert ${file("client.crt")} --key ${file("client.key")} --cacert ${file("server-ca.crt")}`;
  return `curl ${files} ${shellWord(urls["infoUrl"] ?? "")}`;
}

function inDirectory(directory: string, name: string): string {
  const path = join(directory, name);
  return /^[./]/.test(path) ? path : `./${path}`;
}
