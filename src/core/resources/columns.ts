import type { Column } from "./kind.ts";
import type { Resource } from "./resource.ts";

export const nameColumn: Column<Resource> = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name, unique within the namespace and kind",
  priority: 0,
  cell: (value) => value.metadata.name,
};

export const ageColumn: Column<Resource> = {
  name: "Age",
  type: "string",
  description: "Time since creation",
  priority: 0,
  cell: (value, now) => ageText(now - Date.parse(value.metadata.creationTimestamp)),
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Milliseconds → the short form kubectl prints, `3m5s` or `3d4h` (admin-api spec §14). */
export function ageText(milliseconds: number): string {
  if (milliseconds < -SECOND) return "<invalid>";
  const age = Math.max(0, milliseconds);
  if (age < 120 * SECOND) return `${Math.floor(age / SECOND)}s`;
  if (age < 10 * MINUTE) return pair(age, MINUTE, "m", SECOND, "s");
  if (age < 3 * HOUR) return `${Math.floor(age / MINUTE)}m`;
  if (age < 8 * HOUR) return pair(age, HOUR, "h", MINUTE, "m");
  if (age < 2 * DAY) return `${Math.floor(age / HOUR)}h`;
  if (age < 8 * DAY) return pair(age, DAY, "d", HOUR, "h");
  if (age < 2 * YEAR) return `${Math.floor(age / DAY)}d`;
  if (age < 8 * YEAR) return pair(age, YEAR, "y", DAY, "d");
  return `${Math.floor(age / YEAR)}y`;
}

/** Two units, the second left out when it is zero. */
function pair(age: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((age % large) / small);
  return `${Math.floor(age / large)}${largeName}${rest === 0 ? "" : `${rest}${smallName}`}`;
}
