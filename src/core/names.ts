/**
 * Display name → path segment (gateway spec §5). The order of the steps is what existing URLs rest on:
 * a leading hyphen still counts towards the 57, and a cut may leave a trailing one.
 */
export function normaliseName(displayName: string): string {
  return displayName
    .replace(/[^A-Za-z0-9]+/g, "-")
    .toLowerCase()
    .replace(/-$/, "")
    .slice(0, 57)
    .replace(/^-/, "");
}

/**
 * The path segment by which the gateway serves a service. A name without ASCII letters and digits gives none,
 * and two of them would be one: they go by the first 8 characters of their id (registry spec §10).
 */
export function serviceSegment({
  displayName,
  id,
}: {
  readonly displayName: string;
  readonly id: string;
}): string {
  return normaliseName(displayName) || normaliseName(id.slice(0, 8));
}

/**
 * The Application's part of an Access Service name: 63 characters of a DNS label less a hyphen and a
 * 36-character UUID leave 26 (gateway spec §16). The names of Applications may have dots and begin with a
 * digit, those of Services not (RFC 1035 §2.3.1); the prefix is that of Access Services in Kyma 0.6 to 1.6.
 */
export function cutApplicationName(application: string): string {
  const label = application.replaceAll(".", "-");
  return (/^[0-9]/.test(label) ? `app-${label}` : label).slice(0, 26);
}
