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
  /** Certificates of it that are neither at their end nor revoked. */
  readonly live: number;
  /** Whether new certificates come from it. */
  readonly signs: boolean;
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
  return objectsAt(body, "trusted").map((one) => authorityFrom(one, signer));
}

function authorityFrom(one: PlainObject, signer: string): Authority {
  const text = (name: string): string => printable(textAt(one, name) ?? "");
  const live = Number(valueAt(one, "liveCertificates") ?? 0);
  return {
    name: text("name"),
    hash: text("hash"),
    notAfter: text("notAfter"),
    live,
    signs: text("hash") === signer,
  };
}

export function authorityTable(authorities: readonly Authority[], emphasis: Emphasis): string {
  const names = ["Hash", "Name", "Expires", "Certificates", "Status"];
  const table = {
    columns: names.map((name) => ({ name, wide: false })),
    rows: authorities.map(({ hash, name, notAfter, live, signs }) => ({
      cells: [
        hash.slice(0, 12),
        name,
        dayAndTime(notAfter),
        String(live),
        signs ? emphasis("green", "signs") : emphasis("dim", "still counts"),
      ],
      metadata: undefined,
    })),
  };
  const style = { wide: false, namespaces: false, prefix: "", headers: true, emphasis };
  return new TableRenderer(style).render(table);
}
