import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { owned } from "../processes/owned.ts";
import { pinned } from "../processes/pinned.ts";

export interface AdminLoad {
  /** Of the server, which has its token and authority. */
  readonly dataDirectory: string;
  readonly port: number;
  /** What is created. */
  readonly kind: "Application" | "Secret";
  /** What the names of the created begin with. */
  readonly name: string;
  readonly connections: number;
  /** How many are created at most; the end of the marks ends it too. */
  readonly creates: number;
  /** Watches of Applications. */
  readonly watches: number;
  /** Numbers of the Applications that the watches are to be told of, each made as soon as all know the one before. */
  readonly marks: { readonly from: number; readonly to: number };
}

/** Milliseconds. */
export interface Summary {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export interface AdminResult {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  /** From request to answer. */
  readonly created: Summary | undefined;
  /** From the request for a change to the watch that is told of it. */
  readonly told: Summary | undefined;
  /** Watches that did not stay open. */
  readonly lost: number;
}

/** Runs `load.ts` once, on a core of its own. */
export async function applyAdminLoad(load: AdminLoad, core: number | undefined): Promise<AdminResult> {
  const script = fileURLToPath(new URL("load.ts", import.meta.url));
  const { program, parameters } = pinned(core, process.execPath, [script, JSON.stringify(load)]);
  const child = owned(spawn(program, parameters, { stdio: ["ignore", "pipe", "inherit"], detached: true }));
  const exit = once(child, "exit");
  const output = await text(child.stdout);
  const [status] = (await exit) as [number | null];
  if (status !== 0) throw new Error(`the load of the admin API ended with ${status}`);
  return JSON.parse(output) as AdminResult;
}
