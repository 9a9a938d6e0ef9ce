import type { Socket } from "node:net";

/** The client's address; a socket that takes IPv6 too writes IPv4 addresses as IPv6 ones. */
export function peerAddress(socket: Pick<Socket, "remoteAddress"> | undefined): string | undefined {
  const address = socket?.remoteAddress;
  return address?.startsWith("::ffff:") ? address.slice(7) : address;
}
