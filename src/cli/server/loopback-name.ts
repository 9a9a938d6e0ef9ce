/** `localhost` and every name below it, with or without the dot at the end. */
export function isLoopbackName(hostname: string): boolean {
  return /^([^.]+\.)*localhost\.?$/i.test(hostname);
}
