/**
 * What all of `works` give. The first failure is thrown when nothing is under way any more: whoever undoes what was
 * done, or does it again, meets no late writer.
 */
export async function allDone<const Works extends readonly unknown[]>(
  works: Works,
): Promise<{ -readonly [Index in keyof Works]: Awaited<Works[Index]> }> {
  for (const one of await Promise.allSettled(works)) if (one.status === "rejected") throw one.reason;
  return await Promise.all(works);
}
