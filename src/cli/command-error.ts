/**
 * Ends a command with a text for the person at the terminal. Exit code 1: it was understood and failed;
 * 2: it was not understood (usage, configuration).
 */
export class CommandError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: 1 | 2 } = {}) {
    super(message, options);
    this.name = "CommandError";
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The command was typed wrongly: exit code 2. */
export function usageError(message: string): CommandError {
  return new CommandError(message, { exitCode: 2 });
}
