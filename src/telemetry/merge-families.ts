/**
 * Texts of several processes in the Prometheus format as one: of each family the head once, and all samples together.
 * Their labels have to tell the processes apart.
 */
export function mergeFamilies(texts: readonly string[]): string {
  if (texts.length === 1) return texts[0] ?? "";
  const families = new Map<string, { readonly head: string; samples: string }>();
  for (const text of texts) {
    for (const [, head = "", name = "", samples = ""] of text.matchAll(FAMILY)) {
      const family = families.get(name);
      if (family) family.samples += samples;
      else families.set(name, { head, samples });
    }
  }
  return Array.from(families.values(), ({ head, samples }) => head + samples).join("");
}

/** HELP and TYPE, the name, and what stands below; empty lines between families are left out. */
const FAMILY = /(# HELP (\S+) [^\n]*\n# TYPE [^\n]*\n)((?:[^#\n][^\n]*\n)*)/g;
