import type { Socket } from "node:net";

/**
 * A target may answer before it has read the whole body (413, 401) and close at once, which resets the
 * connection under the rest of the body. The write fails while the answer still waits in the system's
 * buffer, and Node would destroy the socket with the answer unread (RFC 9112 §9.6). Here a socket whose
 * write failed lives on for one more turn of the event loop: what has arrived by then is read.
 */
export function readAfterFailedWrite(socket: Socket): void {
  let failing = false;
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error?: Error) => {
    if (failing || !isWriteError(error)) return destroy(error);
    failing = true;
    // The first may come before the system is asked for bytes, the second comes after it.
    setImmediate(() => setImmediate(destroy, error));
    return socket;
  };
}

function isWriteError(error: (Error & { readonly syscall?: string }) | undefined): boolean {
  return error?.syscall === "write";
}
