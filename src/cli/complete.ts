import { Command, type Option } from "commander";
import { nameSettings } from "../config/named-settings.ts";
import type { CommandContext } from "./command-context.ts";
import { commands } from "./commands.ts";
import { namesForCompletion, typesForCompletion } from "./complete-resources.ts";
import type { ConnectionOptions } from "./server/server-options.ts";

/** Told to the shell instead of words: it knows best how to complete file names. */
const FILES = [":files"];

const FILE_OPTIONS = ["--filename", "--kubeconfig", "--data-dir", "--config", "--out", "--server-ca"];
const RESOURCE_COMMANDS = ["get", "describe", "delete"];
/** Their arguments are no types; commands below another one are named with it. */
const APPLICATION_COMMANDS = ["check", "token create", "cert list", "api list"];
const FILE_COMMANDS = ["cert renew", "cert revoke"];

/** `__complete -- WORDS`: prints what may stand in place of the last of the words, a line each. */
export function completeCommand(context: CommandContext): Command {
  return new Command("__complete").argument("[words...]").action(async (words: readonly string[]) => {
    for (const candidate of await candidatesFor(context, words)) {
      context.terminal.stdout.write(`${candidate}\n`);
    }
  });
}

/** A shell that breaks words at `=` gives it as a word of its own. */
async function candidatesFor(context: CommandContext, words: readonly string[]): Promise<readonly string[]> {
  const typed = words.at(-1) === "=" ? "" : (words.at(-1) ?? "");
  const before = words.slice(0, -1).filter((word) => word !== "=");
  const [name, ...behind] = before;
  if (name === undefined) return startingWith(typed, [...commands.map((entry) => entry.name), "help"]);
  const entry = commands.find((candidate) => candidate.name === name);
  if (!entry) return startingWith(typed, name === "help" ? commands.map((other) => other.name) : []);
  const outer = await entry.build(context);
  const inner = outer.commands.find((candidate) => candidate.name() === behind[0]);
  if (!inner && outer.commands.length > 0) {
    return startingWith(typed, behind.length === 0 ? outer.commands.map((one) => one.name()) : []);
  }
  const command = inner ?? outer;
  const given = inner ? behind.slice(1) : behind;
  return await candidatesOf({
    context,
    command,
    given,
    typed,
    name: inner ? `${name} ${inner.name()}` : name,
  });
}

interface Called extends Typing {
  /** `get`, `cert list` */
  readonly name: string;
  readonly typed: string;
}

async function candidatesOf({ name, typed, ...typing }: Called): Promise<readonly string[]> {
  const { context, command, given } = typing;
  const last = given.at(-1);
  const option = command.options.find(
    ({ long, short }) => last !== undefined && (last === long || last === short),
  );
  if (option?.required) return await valuesOf(option, typed, typing);
  if (typed.startsWith("-")) return startingWith(typed, await optionsOf(context, command));
  const operands = command.parseOptions([...given]).operands;
  const choices = command.registeredArguments[0]?.argChoices;
  if (choices && operands.length === 0) return startingWith(typed, choices);
  if (FILE_COMMANDS.includes(name)) return operands.length === 0 ? FILES : [];
  if (APPLICATION_COMMANDS.includes(name) && operands.length === 0) {
    return startingWith(typed, await namesForCompletion(context, command.opts(), "applications"));
  }
  if (!RESOURCE_COMMANDS.includes(name)) return [];
  return await resources(context, { options: command.opts(), operands, typed });
}

interface Typing {
  readonly context: CommandContext;
  readonly command: Command;
  readonly given: readonly string[];
}

async function valuesOf(
  option: Option,
  typed: string,
  { context, command, given }: Typing,
): Promise<readonly string[]> {
  if (option.argChoices) return startingWith(typed, option.argChoices);
  if (FILE_OPTIONS.includes(option.long ?? "")) return FILES;
  if (option.long !== "--namespace" && option.long !== "--application") return [];
  command.parseOptions(given.slice(0, -1));
  const type = option.long === "--namespace" ? "namespaces" : "applications";
  return startingWith(typed, await namesForCompletion(context, command.opts(), type));
}

async function optionsOf(context: CommandContext, command: Command): Promise<readonly string[]> {
  const own = command.options.flatMap(({ long }) => long ?? []);
  if (command.name() !== "serve") return [...own, "--help"];
  const settings = nameSettings(await context.server.settings());
  return [...own, "--help", ...settings.map(({ flag }) => `--${flag}`)];
}

interface Operands {
  readonly options: ConnectionOptions;
  readonly operands: readonly string[];
  readonly typed: string;
}

async function resources(
  context: CommandContext,
  { options, operands, typed }: Operands,
): Promise<readonly string[]> {
  const [first] = operands;
  const [type, slash] = typed.includes("/") ? [typed.split("/")[0] ?? "", true] : [first, false];
  if (type === undefined || (first?.includes("/") && !slash)) {
    return startingWith(typed, await typesForCompletion(context, options));
  }
  const names = await namesForCompletion(context, options, type);
  return startingWith(typed, slash ? names.map((name) => `${type}/${name}`) : names);
}

function startingWith(typed: string, candidates: readonly string[]): readonly string[] {
  return candidates.filter((candidate) => candidate.startsWith(typed));
}
