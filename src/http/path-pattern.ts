/** Of a template such as `/v1/applications/{name}/certificates`; a name in braces is one segment, and a group. */
export function pathPattern(template: string): RegExp {
  const escaped = template.replace(/[.]/g, "\\$&").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return new RegExp(`^${escaped}$`);
}
