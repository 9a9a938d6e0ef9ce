import { Command, CommanderError } from "commander";
import { reasonOf } from "../core/failures.ts";
import { CommandError } from "./command-error.ts";
import type { CommandContext } from "./command-context.ts";
import { commands } from "./commands.ts";
import { commandFirst } from "./leading-options.ts";
import { reflow } from "./output/reflow.ts";
import type { Output } from "./terminal.ts";

const DESCRIPTION = `Connects external systems to workloads: a gateway injects credentials that the workloads
never see. The resources are those of Kubernetes: kubectl works with the same server.`;

const FOOTER = `
Exit codes: 0 done, 1 failed, 2 not understood (command line or configuration).

Start here:
  appconn serve                             run everything on this machine
  appconn apply -f examples/orders/         register an external system
  appconn describe application orders       see how to call it
  appconn token create orders               make a pairing link for it
  appconn COMMAND --help                    options and examples of one command`;

/** Characters in a line of help. */
const WIDEST = 100;

/** Runs one command line, without the two words before it, and resolves to the exit code. */
export async function runCommandLine(given: readonly string[], context: CommandContext): Promise<number> {
  const { stderr } = context.terminal;
  const words = commandFirst(given);
  try {
    const program = await buildProgram(words, context);
    await program.parseAsync(spelledOut(words), { from: "user" });
    return 0;
  } catch (error) {
    // Commander has printed its own message; it also throws after it has shown help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CommandError) {
      stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    stderr.write(`appconn: ${error instanceof Error ? (error.stack ?? error.message) : reasonOf(error)}\n`);
    return 1;
  }
}

/** The program with the one command that is called in full, and the others by name only. */
async function buildProgram(words: readonly string[], context: CommandContext): Promise<Command> {
  const program = emptyProgram(context);
  const called = spelledOut(words).find((word) => !word.startsWith("-"));
  for (const { name, summary, build } of commands) {
    const command = name === called ? await build(context) : new Command(name);
    program.addCommand(inherited(command.summary(summary), program));
  }
  // Asked by the completion scripts; for nobody else.
  const hidden = called === "__complete" ? await completeCommand(context) : new Command("__complete");
  program.addCommand(hidden.copyInheritedSettings(program), { hidden: true });
  return program;
}

/** All commands in full, for the reference. */
export async function wholeProgram(context: CommandContext): Promise<Command> {
  const program = emptyProgram(context);
  for (const { summary, build } of commands) {
    program.addCommand(inherited((await build(context)).summary(summary), program));
  }
  return program;
}

/**
 * What goes for the program goes for its commands and those below them, but a mistake in one is answered from
 * its own help.
 */
function inherited(command: Command, program: Command, name = command.name()): Command {
  for (const inner of command.commands) inherited(inner, program, `${name} ${inner.name()}`);
  return command.copyInheritedSettings(program).showHelpAfterError(`(appconn ${name} --help tells more)`);
}

function emptyProgram({ terminal, version }: CommandContext): Command {
  return new Command("appconn")
    .description(DESCRIPTION)
    .version(`appconn ${version}`, "-V, --version", "print the version of this program")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .addHelpText("after", FOOTER)
    .showHelpAfterError("(appconn --help tells more)")
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(reflow(text, helpWidth(terminal.stdout))),
      writeErr: (text) => terminal.stderr.write(text),
      getOutHelpWidth: () => helpWidth(terminal.stdout),
      getErrHelpWidth: () => helpWidth(terminal.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ minWidthToWrap: 20 })
    .exitOverride();
}

/** Longer lines are hard to read, and a pipe has no width. */
function helpWidth({ columns = WIDEST }: Output): number {
  return Math.min(WIDEST, columns);
}

async function completeCommand(context: CommandContext): Promise<Command> {
  return (await import("./complete.ts")).completeCommand(context);
}

/** `help cert renew` → `cert renew --help`: commander would answer from the command that was not built. */
function spelledOut(words: readonly string[]): readonly string[] {
  const [first, ...others] = words;
  if (first === "help" && others.length > 0) {
    // What is no command is answered like one that was called.
    return commands.some(({ name }) => name === others[0]) ? [...others, "--help"] : others.slice(0, 1);
  }
  return words.length === 0 ? ["--help"] : words;
}
