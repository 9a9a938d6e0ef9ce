import { CommandError } from "../command-error.ts";
import type { KeyAlgorithm } from "./client-key.ts";
import type { ConnectionRecord } from "./connection-record.ts";
import type { ExternalSession } from "./external-call.ts";
import { ExternalRefusal } from "./external-problem.ts";
import type { IdentityDirectory } from "./identity-directory.ts";
import { renewIdentity } from "./renew-identity.ts";
import { renewalDue, retryDelay, sleepUntil } from "./renewal-times.ts";

export interface Watching {
  readonly directory: IdentityDirectory;
  readonly algorithm: KeyAlgorithm | undefined;
  readonly session: Omit<ExternalSession, "trust" | "identity"> & { readonly signal: AbortSignal };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 ≤ value < 1 */
  readonly random: () => number;
  /** Resolves after the time, or at once when the signal is aborted; never rejects. Keeps the process alive. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly renewed: (connection: ConnectionRecord) => void;
  /** A renewal failed and is tried again after so many milliseconds. */
  readonly failed: (problem: CommandError, milliseconds: number) => void;
}

/**
 * Renews an identity whenever it is due, until the signal is aborted. Rejects when it cannot go on: the
 * certificate has expired or was revoked, or its files are damaged.
 */
export async function watchIdentity(watching: Watching): Promise<void> {
  const { directory, session, now, wait } = watching;
  let failures = 0;
  while (!session.signal.aborted) {
    // Read each time: somebody else may have renewed it.
    const { leaf } = await directory.read();
    const due = renewalDue(leaf);
    if (now() < due) {
      await wait(sleepUntil(due, now()), session.signal);
      continue;
    }
    const problem = await renew(watching);
    if (session.signal.aborted) return;
    failures = problem ? failures + 1 : 0;
    const left = leaf.validToDate.getTime() - now();
    const pause = problem
      ? retryDelay({ failures, left, random: watching.random() })
      : sleepUntil(now(), now());
    if (problem) watching.failed(problem, pause);
    await wait(pause, session.signal);
  }
}

/** What was wrong, if another attempt may go better. */
async function renew({
  directory,
  algorithm,
  session,
  now,
  renewed,
}: Watching): Promise<CommandError | undefined> {
  try {
    renewed(await renewIdentity({ directory, algorithm, now: now() }, session));
    return undefined;
  } catch (error) {
    if (session.signal.aborted) return undefined;
    const { connection, leaf } = await directory.read();
    const ended = connection.revokedAt !== undefined || leaf.validToDate.getTime() <= now();
    if (ended || !(error instanceof CommandError)) throw error;
    if (error instanceof ExternalRefusal && error.status === 403) {
      throw new CommandError(
        `${error.message}\nThe certificate in ${directory.path} is not accepted any more: ` +
          "pair again with a new link and `appconn connect --force`",
        { cause: error },
      );
    }
    return error;
  }
}
