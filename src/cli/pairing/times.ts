/** `2027-02-19 15:04 UTC`; what is no time is shown as it is. */
export function dayAndTime(rfc3339: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(rfc3339)
    ? `${rfc3339.slice(0, 16).replace("T", " ")} UTC`
    : rfc3339;
}

/** `5 minutes`, `36 hours`, `90 days`: as coarse as people speak. */
export function roughly(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (milliseconds < 55_000) return count(Math.max(1, Math.round(milliseconds / 1000)), "second");
  if (minutes < 120) return count(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 72 ? count(hours, "hour") : count(Math.round(hours / 24), "day");
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}
