import type { FeedEvent } from "./protocol.ts";
import type { WatchCursor } from "./watch-cursor.ts";

interface Feed {
  readonly cursor: WatchCursor;
  /** Set while the watcher waits for something to happen. */
  waiting: Answer | undefined;
}

interface Answer {
  readonly events: (events: readonly FeedEvent[]) => void;
  readonly failure: (error: unknown) => void;
}

/** All watchers of the store: each pulls when it has room, and waits here when it is up to date. */
export class WatchFeeds {
  readonly #feeds = new Map<number, Feed>();

  open(watch: number, cursor: WatchCursor): void {
    this.#feeds.set(watch, { cursor, waiting: undefined });
  }

  pull(watch: number, answer: Answer): void {
    const feed = this.#feeds.get(watch);
    if (!feed) answer.events([]);
    else if (!this.#serve(feed, answer)) feed.waiting = answer;
  }

  close(watch: number): void {
    this.#feeds.delete(watch);
  }

  /** After a commit: whoever waits gets what is new for it. */
  wake(): void {
    for (const feed of this.#feeds.values()) {
      if (feed.waiting && this.#serve(feed, feed.waiting)) feed.waiting = undefined;
    }
  }

  bookmark(version: number): void {
    for (const feed of this.#feeds.values()) {
      feed.waiting?.events([{ type: "bookmark", resourceVersion: String(version) }]);
      feed.waiting = undefined;
    }
  }

  /** Before the log is trimmed: whoever waits is up to date, and what it has had may go. */
  skipToEnd(): void {
    for (const feed of this.#feeds.values()) if (feed.waiting) feed.cursor.skipToEnd();
  }

  /** Whether the watcher got an answer. */
  #serve(feed: Feed, answer: Answer): boolean {
    try {
      const events = feed.cursor.next();
      if (events.length === 0) return false;
      answer.events(events);
    } catch (error) {
      answer.failure(error);
    }
    return true;
  }
}
