/**
 * Why a path could mean different things to different readers, or undefined (connector spec §17.8): what
 * decides here and what is called behind must be the same string. `path` is without the query.
 */
export function pathProblem(path: string): string | undefined {
  if (path.includes("//")) return "an empty segment";
  if (path.includes("\\")) return "a backslash";
  for (const [pattern, problem] of PROBLEMS) if (pattern.test(path)) return problem;
  return undefined;
}

const PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/%(2f|5c|25)/i, "an escaped slash, backslash or percent sign"],
  [/%([01][0-9a-f]|7f)/i, "an escaped control character"],
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  [/[^\x21-\x7e]/, "a character that a path may not have"],
  [/%(?![0-9a-f]{2})/i, "a broken percent escape"],
  // `..;x` is `..` to servlet containers.
  [/(^|\/)(\.|%2e){1,2}(;[^/]*)?(\/|$)/i, "a dot segment"],
];
