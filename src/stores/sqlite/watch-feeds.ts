/** One watcher's place: it gives what is new for it, or nothing. */
export interface FeedCursor<Event> {
  next(): readonly Event[];
}

interface Feed<Event, Cursor> {
  readonly cursor: Cursor;
  /** Set while the watcher waits for something to happen. */
  waiting: Answer<Event> | undefined;
}

interface Answer<Event> {
  readonly events: (events: readonly Event[]) => void;
  readonly failure: (error: unknown) => void;
}

/** All watchers of one sort: each pulls when it has room, and waits here when it is up to date. */
export class WatchFeeds<Event, Cursor extends FeedCursor<Event>> {
  readonly #feeds = new Map<number, Feed<Event, Cursor>>();

  open(watch: number, cursor: Cursor): void {
    this.#feeds.set(watch, { cursor, waiting: undefined });
  }

  pull(watch: number, answer: Answer<Event>): void {
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

  /** Whoever waits is told this. */
  tell(event: Event): void {
    const events = [event];
    for (const feed of this.#feeds.values()) {
      feed.waiting?.events(events);
      feed.waiting = undefined;
    }
  }

  /** Of those who wait, and so are up to date. */
  waiting(): Cursor[] {
    return [...this.#feeds.values()].filter((feed) => feed.waiting).map(({ cursor }) => cursor);
  }

  all(): Cursor[] {
    return Array.from(this.#feeds.values(), ({ cursor }) => cursor);
  }

  /** Whether the watcher got an answer. */
  #serve(feed: Feed<Event, Cursor>, answer: Answer<Event>): boolean {
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
