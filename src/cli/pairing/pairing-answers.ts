import type { SubjectAttribute } from "../../pki/create-certificate-request.ts";
import { CommandError } from "../command-error.ts";
import { objectAt, textAt } from "../json-fields.ts";
import { printable } from "../output/printable.ts";
import { placeOf } from "./external-address.ts";
import type { ExternalAnswer, ExternalRequest } from "./external-call.ts";
import { ExternalRefusal } from "./external-problem.ts";

/** What the server wants in a request. */
export interface WantedCertificate {
  readonly subject: readonly SubjectAttribute[];
  /** As the server wrote it. */
  readonly subjectText: string;
  /** The CN: the Application. */
  readonly commonName: string;
  /** `rsa2048`; advice only. */
  readonly keyAlgorithm: string | undefined;
}

/** Of `signingRequests/info` and of `management/info` (connector spec §§6, 7). */
export interface PairingInformation {
  readonly wanted: WantedCertificate;
  /** Name → URL: `csrUrl`, `infoUrl`, `metadataUrl`, `renewCertUrl`, …; only those that are https URLs. */
  readonly urls: Readonly<Record<string, string>>;
}

/** Refuses every status but the expected one, in the server's own words. */
export function expectStatus(status: number, answer: ExternalAnswer, { method, url }: ExternalRequest): void {
  if (answer.status === status) return;
  const said = textAt(answer.body, "error");
  const words = said === undefined ? "" : `: ${printable(said).slice(0, 500)}`;
  const line = `${placeOf(url)} answered ${answer.status} to ${method} ${url.pathname}${words}`;
  throw new ExternalRefusal(line, answer.status);
}

export function pairingInformation(answer: ExternalAnswer, place: string): PairingInformation {
  const subjectText = textAt(answer.body, "certificate", "subject");
  const subject = subjectText === undefined ? undefined : subjectFrom(subjectText);
  const names = subject?.filter(({ type }) => type === "CN") ?? [];
  const [commonName] = names;
  if (!subjectText || !subject || !commonName || names.length > 1) {
    throw new CommandError(
      `${place} answered something that is no pairing information: no certificate subject in it. ` +
        "Is the link right, and is this an Application Connector?",
    );
  }
  const keyAlgorithm = textAt(answer.body, "certificate", "key-algorithm");
  return {
    wanted: { subject, subjectText, commonName: commonName.value, keyAlgorithm },
    urls: {
      ...urlsIn({ csrUrl: textAt(answer.body, "csrUrl") }),
      ...urlsIn(objectAt(answer.body, "api") ?? {}),
      ...urlsIn(objectAt(answer.body, "urls") ?? {}),
    },
  };
}

/** One that the next step needs. */
export function urlNamed({ urls }: Pick<PairingInformation, "urls">, name: string, place: string): URL {
  const text = urls[name];
  if (text === undefined) {
    throw new CommandError(`${place} did not tell ${name}, or told one that is no https URL`);
  }
  return new URL(text);
}

function urlsIn(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const found = Object.entries(values).filter(
    (pair): pair is [string, string] =>
      typeof pair[1] === "string" && URL.canParse(pair[1]) && new URL(pair[1]).protocol === "https:",
  );
  return Object.fromEntries(found);
}

/** Not escaped, in the server's order: split at `,` and the first `=`. */
function subjectFrom(text: string): readonly SubjectAttribute[] | undefined {
  const attributes: SubjectAttribute[] = [];
  for (const part of text.split(",")) {
    const [, type, value] = /^(C|O|OU|L|ST|CN)=([^=]{1,200})$/u.exec(part) ?? [];
    if (!type || !value || value !== printable(value)) return undefined;
    attributes.push({ type: type as SubjectAttribute["type"], value });
  }
  return attributes.length <= 20 ? attributes : undefined;
}
