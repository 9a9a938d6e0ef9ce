import type { Clock } from "../core/clock.ts";
import type { ClientAuthority } from "./client-authority.ts";
import { FileFollower } from "./file-follower.ts";
import { authorityFromFiles, type SuppliedAuthorityFiles } from "./supplied-authority.ts";

export interface FollowedAuthority {
  /** Opened with what the files held. */
  readonly authority: ClientAuthority;
  readonly files: SuppliedAuthorityFiles;
  readonly clock: Clock;
  /** Told once for each new content that cannot be used; the authority before it stays in use. */
  readonly failed: (error: unknown) => void;
}

/** Gives an authority what its files hold whenever they have changed, until the result is disposed. */
export async function followSuppliedAuthority(followed: FollowedAuthority): Promise<Disposable> {
  const { authority, files, clock, failed } = followed;
  const paths = [files.certificate, files.key, files.root, files.trust].filter((path) => path !== undefined);
  const changed = async () => void (await authority.supply(await authorityFromFiles(files)));
  const follower = await FileFollower.start({ paths, clock, changed, failed });
  // What changed between the opening and now would never be seen.
  await changed().catch(failed);
  return follower;
}
