/** How a workload on this machine writes an address of ours (amendment A2). */
export function localUrl(origin: string): string {
  const { hostname: host, port } = new URL(origin);
  const isLocal = host.startsWith("127.") || host === "[::1]" || host === "0.0.0.0" || host === "[::]";
  return isLocal ? `http://localhost:${port}` : origin;
}
