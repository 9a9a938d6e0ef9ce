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
  jsonPath: ".metadata.creationTimestamp",
  cell: (value, now) => ageText(now - Date.parse(value.metadata.creationTimestamp)),
};

interface Unit {
  readonly milliseconds: number;
  readonly letter: string;
}

const second: Unit = { milliseconds: 1000, letter: "s" };
const minute: Unit = { milliseconds: 60_000, letter: "m" };
const hour: Unit = { milliseconds: 3_600_000, letter: "h" };
const day: Unit = { milliseconds: 24 * 3_600_000, letter: "d" };
const year: Unit = { milliseconds: 365 * 24 * 3_600_000, letter: "y" };

/** Up to which age which units are shown; the second unit is left out when it is zero. */
const steps: readonly { readonly below: number; readonly units: readonly Unit[] }[] = [
  { below: 120 * second.milliseconds, units: [second] },
  { below: 10 * minute.milliseconds, units: [minute, second] },
  { below: 3 * hour.milliseconds, units: [minute] },
  { below: 8 * hour.milliseconds, units: [hour, minute] },
  { below: 2 * day.milliseconds, units: [hour] },
  { below: 8 * day.milliseconds, units: [day, hour] },
  { below: 2 * year.milliseconds, units: [day] },
  { below: 8 * year.milliseconds, units: [year, day] },
  { below: Number.POSITIVE_INFINITY, units: [year] },
];

/** Milliseconds → the short form kubectl prints, `3m5s` or `3d4h` (admin-api spec §14). */
export function ageText(milliseconds: number): string {
  if (milliseconds < -second.milliseconds) return "<invalid>";
  let rest = Math.max(0, milliseconds);
  const units = steps.find(({ below }) => rest < below)?.units ?? [];
  let text = "";
  for (const unit of units) {
    const count = Math.floor(rest / unit.milliseconds);
    rest -= count * unit.milliseconds;
    if (count > 0 || text === "") text += `${count}${unit.letter}`;
  }
  return text;
}
