/** Whether a specification is there, for APIs and events alike; `null` counts as absent (registry spec §§7, 8). */
export function isGiven(spec: Uint8Array | undefined): spec is Uint8Array {
  return spec !== undefined && spec.length > 0 && !NULL.equals(spec);
}

const NULL = Buffer.from("null");
