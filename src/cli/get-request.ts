import type { OutputFormat } from "./output/output-format.ts";
import type { Scope, Target } from "./resources.ts";
import type { OpenServer } from "./server/open-server.ts";
import type { ConnectionOptions } from "./server/server-options.ts";
import type { Terminal } from "./terminal.ts";

export interface GetOptions extends ConnectionOptions, Scope {
  readonly output?: OutputFormat;
  readonly watch?: boolean;
  readonly headers: boolean;
  readonly showManagedFields?: boolean;
}

/** What `get` was asked, with every word understood. */
export interface GetRequest {
  readonly terminal: Terminal;
  readonly server: OpenServer;
  readonly targets: readonly Target[];
  readonly options: GetOptions;
  readonly format: OutputFormat;
}
