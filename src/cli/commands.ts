import type { Command } from "commander";
import type { CommandContext } from "./command-context.ts";

/** A command by name; its file is loaded when it is called, so that no command waits for the others. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly build: (context: CommandContext) => Promise<Command>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: "serve",
    summary: "run the Application Connector on this machine",
    build: async (context) => (await import("./serve.ts")).serveCommand(context),
  },
  {
    name: "apply",
    summary: "create or change what files say",
    build: async (context) => (await import("./apply.ts")).applyCommand(context),
  },
  {
    name: "get",
    summary: "show resources",
    build: async (context) => (await import("./get.ts")).getCommand(context),
  },
  {
    name: "describe",
    summary: "show all there is to know about a resource, and how its APIs are called",
    build: async (context) => (await import("./describe.ts")).describeCommand(context),
  },
  {
    name: "check",
    summary: "try an Application's APIs step by step, and say what fails and how to mend it",
    build: async (context) => (await import("./check.ts")).checkCommand(context),
  },
  {
    name: "delete",
    summary: "delete resources",
    build: async (context) => (await import("./delete.ts")).deleteCommand(context),
  },
  {
    name: "token",
    summary: "make pairing links for external systems",
    build: async (context) => (await import("./token.ts")).tokenCommand(context),
  },
  {
    name: "access",
    summary: "say who may use the admin API, and for what",
    build: async (context) => (await import("./access.ts")).accessCommand(context),
  },
  {
    name: "connect",
    summary: "turn a pairing link into an identity: the external system's side",
    build: async (context) => (await import("./connect.ts")).connectCommand(context),
  },
  {
    name: "cert",
    summary: "renew, revoke and list client certificates",
    build: async (context) => (await import("./cert.ts")).certCommand(context),
  },
  {
    name: "ca",
    summary: "show and rotate the authority of client certificates",
    build: async (context) => (await import("./ca.ts")).caCommand(context),
  },
  {
    name: "register",
    summary: "register an API, events and documents: the external system's side",
    build: async (context) => (await import("./register.ts")).registerCommand(context),
  },
  {
    name: "api",
    summary: "show what external systems have registered",
    build: async (context) => (await import("./api.ts")).apiCommand(context),
  },
  {
    name: "search",
    summary: "find services and what stands in their documents",
    build: async (context) => (await import("./search.ts")).searchCommand(context),
  },
  {
    name: "top",
    summary: "show what is called now: rates, errors and durations of each API",
    build: async (context) => (await import("./top.ts")).topCommand(context),
  },
  {
    name: "logs",
    summary: "show the access lines of calls, as they happen or from the log",
    build: async (context) => (await import("./logs.ts")).logsCommand(context),
  },
  {
    name: "version",
    summary: "show the version of this program and of the server",
    build: async (context) => (await import("./version.ts")).versionCommand(context),
  },
  {
    name: "completion",
    summary: "print the completion script for a shell",
    build: async (context) => (await import("./completion.ts")).completionCommand(context),
  },
];
