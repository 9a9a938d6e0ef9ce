/** Whether a specification is there: `null` counts as absent, for APIs and events alike (registry spec §§7, 8). */
export function isGiven(spec: string | undefined): spec is string {
  return spec !== undefined && spec !== "" && spec !== "null";
}
