import type { PlainObject } from "../../core/plain-object.ts";
import { CommandError } from "../command-error.ts";
import { objectAt, objectsAt, textAt, valueAt } from "../json-fields.ts";
import type { Emphasis } from "../output/emphasis.ts";
import { printable } from "../output/printable.ts";
import { TableRenderer } from "../output/render-table.ts";
import type { OpenServer } from "../server/open-server.ts";
import { dayAndTime } from "./times.ts";

/** An authority whose certificates count now. */
export interface Authority {
  readonly name: string;
  readonly hash: string;
  /** RFC 3339. */
  readonly notAfter: string;
  /** Certificates of it, and of those below it, that are neither at their end nor revoked. */
  readonly live: number;
  /** Hash of the one that issued it, where that one counts too. */
  readonly issuedBy: string | undefined;
  /** `above`: it issued the one that signs now. */
  readonly role: "signs" | "above" | "old";
}

export const AUTHORITY_PATH = "/v1/ca";

export async function readAuthorities(server: OpenServer): Promise<{
  readonly body: unknown;
  readonly authorities: readonly Authority[];
}> {
  const { body } = await server.client.request({ path: AUTHORITY_PATH });
  return { body, authorities: authoritiesIn(body, server) };
}

export function authoritiesIn(body: unknown, { connection }: OpenServer): readonly Authority[] {
  const signer = textAt(objectAt(body, "issuer"), "hash");
  if (signer === undefined) {
    throw new CommandError(`the server at ${connection.server} told nothing of an authority`);
  }
  const told = objectsAt(body, "trusted").map(authorityFrom);
  const above = lineAbove(signer, told);
  const roleOf = (hash: string) => (hash === signer ? "signs" : above.has(hash) ? "above" : "old");
  return told.map((one) => ({ ...one, role: roleOf(one.hash) }));
}

/** Old authorities that nothing is below: retiring one of them takes along what stands above it alone. */
export function retirable(authorities: readonly Authority[]): readonly Authority[] {
  return authorities.filter(
    ({ hash, role }) => role === "old" && !authorities.some(({ issuedBy }) => issuedBy === hash),
  );
}

type ToldAuthority = Omit<Authority, "role">;

function authorityFrom(one: PlainObject): ToldAuthority {
  const text = (name: string): string => printable(textAt(one, name) ?? "");
  const live = Number(valueAt(one, "liveCertificates") ?? 0);
  const issuedBy = textAt(one, "issuedBy");
  return { name: text("name"), hash: text("hash"), notAfter: text("notAfter"), live, issuedBy };
}

function lineAbove(signer: string, told: readonly ToldAuthority[]): ReadonlySet<string> {
  const line = new Set<string>();
  const next = (hash: string) => told.find((one) => one.hash === hash)?.issuedBy;
  for (let hash = next(signer); hash !== undefined && !line.has(hash); hash = next(hash)) line.add(hash);
  return line;
}

const STATUS = { signs: "signs", above: "above it", old: "still counts" } as const;

export function authorityTable(authorities: readonly Authority[], emphasis: Emphasis): string {
  const names = ["Hash", "Name", "Expires", "Certificates", "Status"];
  const table = {
    columns: names.map((name) => ({ name, wide: false })),
    rows: authorities.map(({ hash, name, notAfter, live, role }) => ({
      cells: [
        hash.slice(0, 12),
        name,
        dayAndTime(notAfter),
        String(live),
        emphasis(role === "signs" ? "green" : "dim", STATUS[role]),
      ],
      metadata: undefined,
    })),
  };
  const style = { wide: false, namespaces: false, prefix: "", headers: true, emphasis };
  return new TableRenderer(style).render(table);
}
