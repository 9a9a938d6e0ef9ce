/** One row of the benchmark. Every contender gets the same requests. */
export interface Case {
  readonly name: string;
  /** Path below the origin; `%d` stands for application and service of the estate. */
  readonly path: string;
  readonly listener: "manual" | "compass";
  readonly method?: string;
  readonly bodyBytes?: number;
  /** Number of Applications and services that the path walks over. */
  readonly estate?: { readonly applications: number; readonly services: number };
  /** Credentials that the comparators add as fixed headers. */
  readonly adds: "nothing" | "basic" | "bearer" | "parameters";
  readonly inSmoke?: boolean;
  /** Target that answers it. */
  readonly target: "quick" | "sink";
}

export const estate = { applications: 10_000, services: 5 } as const;

/** Names of Applications double as first path segments: comparators route by them too. */
export const cases: readonly Case[] = [
  { name: "plain", path: "/plain/api/small", listener: "manual", adds: "nothing", target: "quick" },
  {
    name: "basic",
    path: "/basic/api/small",
    listener: "manual",
    adds: "basic",
    target: "quick",
    inSmoke: true,
  },
  {
    name: "oauth",
    path: "/oauth/api/small",
    listener: "manual",
    adds: "bearer",
    target: "quick",
    inSmoke: true,
  },
  {
    name: "parameters",
    path: "/parameters/api/small?$filter=a",
    listener: "manual",
    adds: "parameters",
    target: "quick",
  },
  {
    name: "raw",
    path: "/raw/api/small/orders('%7Cw%7C')",
    listener: "manual",
    adds: "basic",
    target: "quick",
  },
  { name: "json64k", path: "/basic/api/json64k", listener: "manual", adds: "basic", target: "quick" },
  {
    name: "post1m",
    inSmoke: true,
    path: "/sink/api/upload",
    listener: "manual",
    method: "POST",
    bodyBytes: 1024 * 1024,
    adds: "basic",
    target: "sink",
  },
  {
    name: "compass",
    path: "/basic/api/rest/small",
    listener: "compass",
    adds: "basic",
    target: "quick",
    inSmoke: true,
  },
  {
    name: "estate",
    path: "/estate-%d/api-%d/small",
    listener: "manual",
    estate,
    adds: "basic",
    target: "quick",
  },
];
