import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { isLoopbackName } from "./loopback-name.ts";

type Found = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

const LOOPBACK: readonly LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/**
 * For `lookup` of a connection: names under `.localhost` are this machine (RFC 6761 §6.3), as curl and
 * browsers have it and the resolver of many systems does not.
 */
export function lookupHost(hostname: string, options: LookupOptions, found: Found): void {
  if (!isLoopbackName(hostname)) {
    lookup(hostname, options, found);
    return;
  }
  const family = options.family === 6 || options.family === "IPv6" ? 6 : 4;
  const wanted = LOOPBACK.filter((one) => !options.family || one.family === family);
  const [first] = wanted;
  process.nextTick(() => {
    if (options.all) found(null, [...wanted]);
    else found(null, first?.address ?? "127.0.0.1", first?.family ?? 4);
  });
}
