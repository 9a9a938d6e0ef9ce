/** Program and parameters that run a command on one core; undefined leaves the choice to the system. */
export function pinned(
  core: number | undefined,
  program: string,
  parameters: readonly string[],
): { readonly program: string; readonly parameters: string[] } {
  if (core === undefined) return { program, parameters: [...parameters] };
  return { program: "taskset", parameters: ["-c", String(core), program, ...parameters] };
}
