import type { Resolved, SettingTree } from "../config/setting.ts";
import type { Terminal } from "./terminal.ts";

/** What every command is built with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Of this package. */
  readonly version: string;
  readonly server: ServerPart<SettingTree>;
}

/** What `serve` starts. Both parts are loaded when they are needed: other commands do without them. */
export interface ServerPart<Tree extends SettingTree> {
  /** The settings of all components. */
  settings(): Promise<Tree>;
  /**
   * Resolves when everything listens; rejects when something cannot, and leaves nothing running. `signal`
   * aborts the start.
   */
  start(options: Resolved<Tree>, starting: Starting): Promise<RunningServer>;
}

export interface Starting {
  readonly signal: AbortSignal;
  /** Setting's key → where its value comes from, for the log; settings that have their default are absent. */
  readonly origins: ReadonlyMap<string, string>;
}

export interface RunningServer {
  /** What answers where, in the order in which it is shown. */
  readonly addresses: readonly { readonly name: string; readonly url: string }[];
  /** Base URL under which workloads call APIs: `http://localhost:8080`; undefined where no gateway runs. */
  readonly gatewayUrl: string | undefined;
  /** Path of the kubeconfig for this server; undefined where no admin API runs. */
  readonly kubeconfig: string | undefined;
  /** Rejects when the server cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Finishes calls in flight, within the configured time. */
  close(): Promise<void>;
}

/** Lets the compiler check that the settings and what starts with them fit together. */
export function serverPart<Tree extends SettingTree>(part: ServerPart<Tree>): ServerPart<SettingTree> {
  return part;
}
