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
 * The Application's part of an Access Service name: 63 characters of a DNS label less a hyphen and a
 * 36-character UUID leave 26 (gateway spec §16).
 */
export function cutApplicationName(application: string): string {
  return application.slice(0, 26);
}
