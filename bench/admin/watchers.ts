import { once } from "node:events";
import type { SocketConstructorOpts } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { AdminTarget } from "./admin-target.ts";

/** Opened at a time. */
const AT_ONCE = 50;
/** What all connections read into: what is in it is looked at before the next one reads. */
const BUFFER = Buffer.alloc(64 * 1024);
/** Stands in an event of a marked object once. */
const MARK = Buffer.from('"name":"mark-');
/** Longer than a mark with its number. */
const LONGEST = 40;

/** Watches of one collection, which are told of marked objects: what else they are told is thrown away. */
export class Watchers implements Disposable {
  readonly #sockets: TLSSocket[] = [];
  readonly #target: AdminTarget;
  readonly #path: string;
  #marked: (mark: number) => void = () => {};
  #bytes = 0;
  #lost = 0;

  private constructor(target: AdminTarget, path: string) {
    this.#target = target;
    this.#path = path;
  }

  static async open(target: AdminTarget, path: string, count: number): Promise<Watchers> {
    const watchers = new Watchers(target, path);
    while (watchers.#sockets.length < count) {
      const opening = Array.from({ length: Math.min(AT_ONCE, count - watchers.#sockets.length) }, () =>
        watchers.#open(),
      );
      // eslint-disable-next-line no-await-in-loop -- so many at a time
      watchers.#sockets.push(...(await Promise.all(opening)));
    }
    return watchers;
  }

  /** Bytes that all of them have read. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Those that the server has ended. */
  get lost(): number {
    return this.#lost;
  }

  /** Milliseconds until each of them was told of the object `mark-{mark}`, which `change` makes. */
  async told(mark: number, change: () => Promise<unknown>): Promise<number[]> {
    const times: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const begin = performance.now();
    this.#marked = (seen) => {
      if (seen !== mark) return;
      times.push(performance.now() - begin);
      if (times.length === this.#sockets.length) resolve();
    };
    await Promise.all([change(), promise]);
    return times;
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #open(): Promise<TLSSocket> {
    let tail = Buffer.alloc(0);
    const accepted = Promise.withResolvers<void>();
    const callback = (bytes: number) => {
      const read = Buffer.concat([tail, BUFFER.subarray(0, bytes)]);
      tail = Buffer.from(read.subarray(1 - LONGEST));
      this.#bytes += bytes;
      this.#look(read);
      accepted.resolve();
      return true;
    };
    const reading: ConnectionOptions & Pick<SocketConstructorOpts, "onread"> = {
      ...this.#target.connect,
      onread: { buffer: BUFFER, callback },
    };
    const socket = connect(reading);
    socket.on("error", () => socket.destroy()).on("close", () => this.#lost++);
    await once(socket, "secureConnect");
    socket.write(
      `GET ${this.#path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${this.#target.token}\r\n\r\n`,
    );
    await accepted.promise;
    return socket;
  }

  /** What may not be there as a whole yet is looked at with what comes next; behind a name there is always more. */
  #look(read: Buffer): void {
    for (let at = read.indexOf(MARK); at >= 0; at = read.indexOf(MARK, at + 1)) {
      if (at + LONGEST > read.length) return;
      const from = at + MARK.length;
      this.#marked(Number(read.toString("latin1", from, read.indexOf('"', from))));
    }
  }
}
