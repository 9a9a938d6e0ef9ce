import { Command, Option } from "commander";
import { stringify } from "yaml";
import { checkText } from "./check/check-text.ts";
import { readCheck, type CheckEnd, type CheckedApi } from "./check/read-check.ts";
import type { CommandContext } from "./command-context.ts";
import { CommandError, usageError } from "./command-error.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { Progress } from "./output/progress.ts";
import { defaultFormat } from "./output/output-format.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface CheckOptions extends ConnectionOptions {
  readonly output?: "table" | "json" | "yaml";
}

const DETAILS = `
The server goes through a call of each API step by step: whether its name leads to it, its settings, its Secrets, a
token, a CSRF token, the target's name in the DNS, the address policy, the connection, TLS, and the answer to one
request. That request is HEAD of the target URL with the API's credentials: nothing is changed at the target. Tokens
and connections are made for the check alone, so that calls see nothing of it.

SERVICE is a service's id, its display name, or its segment in paths. Without -o, a terminal gets a table and a pipe
gets JSON. Exit code 1 says that a step failed.

Examples:
  appconn check orders
  appconn check orders/orders-api
  appconn check orders -o json | jq -r '.apis[].steps[] | select(.state == "failed") | .remedy'`;

export function checkCommand(context: CommandContext): Command {
  const command = new Command("check")
    .description("Try the APIs of an Application step by step, and say which step fails and what to do.")
    .argument("<application[/service]>", "name of the Application, and one of its services")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(["table", "json", "yaml"]))
    .addHelpText("after", DETAILS)
    .action((words: string, options: CheckOptions) => check(context, words, options));
  return addServerOptions(command);
}

async function check(context: CommandContext, words: string, options: CheckOptions): Promise<void> {
  const { stdout, stderr, environment } = context.terminal;
  const [application = "", ...rest] = words.split("/");
  const service = rest.length === 0 ? undefined : rest.join("/");
  if (application === "" || service === "")
    throw usageError("error: say which Application, as in shop or shop/orders");
  const format = options.output ?? defaultFormat(stdout);
  const emphasis = emphasisFor(stdout, environment);
  const apis: CheckedApi[] = [];
  using server = openServer(context, options);
  let end: CheckEnd;
  {
    using progress = new Progress(stderr);
    end = await readCheck(
      server,
      { application, service },
      {
        running: (text) => progress.show(text),
        checked: (api) => {
          if (format !== "table") return void apis.push(api);
          progress[Symbol.dispose]();
          stdout.write(checkText(application, api, emphasis));
        },
      },
    );
  }
  const whole = { application, ...end, apis: apis.map(({ record }) => record) };
  if (format === "json") stdout.write(`${JSON.stringify(whole, undefined, 4)}\n`);
  if (format === "yaml") stdout.write(stringify(whole, { lineWidth: 0 }));
  if (!end.ok) throw new CommandError(verdict(end));
}

function verdict({ checked, failed, unchecked }: CheckEnd): string {
  const left = unchecked === 0 ? "" : `; there was no time left for ${unchecked} more`;
  return `${failed} of ${checked} APIs cannot be called as they should be${left}`;
}
