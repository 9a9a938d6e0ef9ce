/** The one value of the free text `apiType` that has an effect (registry spec §3). */
export function isOData(apiType: string): boolean {
  return apiType.toLowerCase() === "odata";
}
