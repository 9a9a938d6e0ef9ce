import type { PlainObject } from "../../core/plain-object.ts";
import { textAt, textsAt } from "../json-fields.ts";
import type { Emphasis } from "../output/emphasis.ts";
import { printable } from "../output/printable.ts";
import type { Table } from "../output/table.ts";
import { dayAndTime } from "../pairing/times.ts";

/** Access tokens for people. `now` in milliseconds since the epoch. */
export function accessTable(items: readonly PlainObject[], emphasis: Emphasis, now: number): Table {
  const columns = [
    { name: "Name", wide: false },
    { name: "Role", wide: false },
    { name: "Applications", wide: false },
    { name: "Prefix", wide: false },
    { name: "Created", wide: true },
    { name: "Created by", wide: true },
    { name: "Last used", wide: false },
    // Coloured, and therefore last: colours would count as characters of a column.
    { name: "Expires", wide: false },
  ];
  const rows = items.map((item) => ({ cells: cellsOf(item, emphasis, now), metadata: undefined }));
  return { columns, rows };
}

function cellsOf(item: PlainObject, emphasis: Emphasis, now: number): string[] {
  const text = (name: string): string => printable(textAt(item, name) ?? "");
  const time = (name: string): string => (text(name) === "" ? "never" : dayAndTime(text(name)));
  const applications = textsAt(item, "applications").map(printable).join(",");
  const ended = Date.parse(text("expiresAt")) <= now;
  return [
    text("name"),
    text("role"),
    applications === "" ? "all" : applications,
    `${text("prefix")}…`,
    time("createdAt"),
    text("createdBy"),
    time("lastUsedAt"),
    ended ? emphasis("red", `expired ${time("expiresAt")}`) : time("expiresAt"),
  ];
}
