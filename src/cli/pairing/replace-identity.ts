import { lstat, readdir, readFile, readlink, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Disk } from "./disk.ts";
import { IDENTITY_FILES, type IdentityFile, type IdentityFiles } from "./identity-files.ts";

/** Points at the directory with the files of now. */
const CURRENT = ".current";
/** What the name of each such directory begins with. */
const GENERATION = ".identity-";
const SCRATCH = ".link-";

/** Milliseconds after which what an interrupted writer has left is nobody's any more. */
const ABANDONED = 3_600_000;

/**
 * Puts an identity in the place of the one before, all files at once: each name is a symbolic link through
 * `.current`, and one rename of that switches them together. Whenever the process is killed, a reader finds
 * either the old key with the old certificate or the new with the new.
 */
export async function replaceIdentity(directory: string, files: IdentityFiles, disk: Disk): Promise<void> {
  await takeOver(directory, disk);
  const generation = await writeGeneration(directory, files, disk);
  for (const name of IDENTITY_FILES) {
    if (!(await isOurLink(join(directory, name), name))) await linkName(directory, name, disk);
  }
  const before = await currentGeneration(directory);
  await switchTo(directory, generation, disk);
  if (before !== undefined) await disk.remove(join(directory, before));
  await removeAbandoned(directory, generation, disk);
}

/** The directory that holds the files now: for reading several of them that belong together. */
export async function identityPlace(directory: string): Promise<string> {
  const generation = await currentGeneration(directory);
  return generation === undefined ? directory : join(directory, generation);
}

/** Whether a name is there in any form other than our link into nothing, which an interrupted first write leaves. */
export async function isTaken(directory: string, name: IdentityFile): Promise<boolean> {
  const path = join(directory, name);
  if (await isOurLink(path, name)) return (await orUndefined(stat(path))) !== undefined;
  return (await orUndefined(lstat(path))) !== undefined;
}

/**
 * An identity that was copied has files in place of links. They become a generation first: as long as some
 * names are files and some are links, both say the same.
 */
async function takeOver(directory: string, disk: Disk): Promise<void> {
  const found = new Map<IdentityFile, string>();
  const plain: IdentityFile[] = [];
  for (const name of IDENTITY_FILES) {
    const path = join(directory, name);
    const content = await orUndefined(readFile(path, "utf8"));
    if (content === undefined) continue;
    found.set(name, content);
    if (!(await isOurLink(path, name))) plain.push(name);
  }
  if (plain.length === 0) return;
  const before = await currentGeneration(directory);
  await switchTo(directory, await writeGeneration(directory, Object.fromEntries(found), disk), disk);
  for (const name of plain) await linkName(directory, name, disk);
  await disk.sync(directory);
  if (before !== undefined) await disk.remove(join(directory, before));
}

async function writeGeneration(
  directory: string,
  files: Readonly<Record<string, string>>,
  disk: Disk,
): Promise<string> {
  const generation = `${GENERATION}${disk.newName()}`;
  const path = join(directory, generation);
  await disk.makeDirectory(path);
  for (const [name, content] of Object.entries(files)) await disk.writeNew(join(path, name), content);
  await disk.sync(path);
  return generation;
}

async function linkName(directory: string, name: IdentityFile, disk: Disk): Promise<void> {
  await replaceLink(join(CURRENT, name), join(directory, name), disk);
}

async function switchTo(directory: string, generation: string, disk: Disk): Promise<void> {
  // What the links lead to must be durable before they do.
  await disk.sync(directory);
  await replaceLink(generation, join(directory, CURRENT), disk);
  await disk.sync(directory);
}

async function replaceLink(target: string, path: string, disk: Disk): Promise<void> {
  const scratch = join(path, "..", `${SCRATCH}${disk.newName()}`);
  await disk.link(target, scratch);
  await disk.rename(scratch, path);
}

async function isOurLink(path: string, name: IdentityFile): Promise<boolean> {
  return (await orUndefined(readlink(path))) === join(CURRENT, name);
}

async function currentGeneration(directory: string): Promise<string | undefined> {
  const target = await orUndefined(readlink(join(directory, CURRENT)));
  // A link that leads elsewhere is not ours to follow or to remove.
  return target?.startsWith(GENERATION) && basename(target) === target ? target : undefined;
}

/** Another process may be writing: only what has lain for long goes. */
async function removeAbandoned(directory: string, current: string, disk: Disk): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name === current || !(name.startsWith(GENERATION) || name.startsWith(SCRATCH))) continue;
    const found = await orUndefined(lstat(join(directory, name)));
    if (found && Date.now() - found.mtimeMs > ABANDONED) await disk.remove(join(directory, name));
  }
}

/** Undefined for what is not there, or is no link where a link is looked for. */
async function orUndefined<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EINVAL") return undefined;
    throw error;
  }
}
