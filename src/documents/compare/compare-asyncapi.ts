import { asyncApiChannels, type Action, type Channel, type ChannelMessage } from "./asyncapi-channels.ts";
import type { ChangeList } from "./change-list.ts";
import { SchemaComparison, type Documents } from "./compare-schemas.ts";
import { canonical } from "./resolved.ts";

/** Adds what changed between two AsyncAPI documents of version 2 or 3. */
export function compareAsyncApi(documents: Documents, changes: ChangeList): void {
  const [before, after] = [asyncApiChannels(documents.before), asyncApiChannels(documents.after)];
  const comparison = new ChannelComparison(documents, changes);
  for (const [address, channel] of before) {
    const next = after.get(address);
    if (next) comparison.compare(channel, next);
    else changes.breaking("channel-removed", channel.path, `The channel ${channel.name} is gone.`);
  }
  for (const [address, { name, path }] of after) {
    if (!before.has(address)) changes.compatible("channel-added", path, `The channel ${name} is new.`);
  }
}

type Messages = ReadonlyMap<string, ChannelMessage>;

class ChannelComparison {
  readonly #changes: ChangeList;
  /** Others are sent what they subscribe to, and send what they publish. */
  readonly #schemas: Readonly<Record<Action, SchemaComparison>>;

  constructor(documents: Documents, changes: ChangeList) {
    this.#changes = changes;
    this.#schemas = {
      publish: new SchemaComparison(documents, "input", changes),
      subscribe: new SchemaComparison(documents, "output", changes),
    };
  }

  compare(before: Channel, after: Channel): void {
    before.parameters.forEach(({ schema }, index) => {
      const next = after.parameters[index];
      const of = `the parameter ${next?.name} of ${after.name}`;
      // Whoever publishes and whoever subscribes names the channel.
      if (next) this.#schemas.publish.compare(schema, next.schema, { path: next.path, of });
    });
    for (const [action, messages] of before.operations) {
      const next = after.operations.get(action);
      if (next) this.#compareMessages([messages, next], action, after);
      else {
        const message = `Nobody can ${action} on the channel ${before.name} any more.`;
        this.#changes.breaking("operation-removed", `${before.path}/${action}`, message);
      }
    }
    for (const action of after.operations.keys()) {
      if (before.operations.has(action)) continue;
      const message = `One can ${action} on the channel ${after.name}.`;
      this.#changes.compatible("operation-added", `${after.path}/${action}`, message);
    }
  }

  #compareMessages([before, after]: readonly [Messages, Messages], action: Action, { name }: Channel): void {
    const [first] = before.values();
    const [next] = after.values();
    // The one message of a channel is the same, whatever it is called.
    if (before.size === 1 && after.size === 1 && first && next) {
      this.#compareMessage([first, next], action, name);
      return;
    }
    for (const [key, message] of before) {
      const same = after.get(key);
      if (same) this.#compareMessage([message, same], action, name);
      else {
        const text = `The channel ${name} has no message ${message.name || key} any more.`;
        this.#changes.breaking("message-removed", message.path, text);
      }
    }
    for (const [key, message] of after) {
      if (before.has(key)) continue;
      const text = `The channel ${name} has a message ${message.name || key}.`;
      this.#changes.compatible("message-added", message.path, text);
    }
  }

  #compareMessage(
    [before, after]: readonly [ChannelMessage, ChannelMessage],
    action: Action,
    channel: string,
  ): void {
    const { path } = after;
    const of = `the message ${after.name || "without a name"} of ${channel}`;
    if (before.contentType !== after.contentType) {
      const [from, to] = [before, after].map(({ contentType }) => contentType || "not set");
      const message = `The content type of ${of} was ${from} and is ${to}.`;
      this.#changes.breaking("content-type-changed", path, message);
    }
    if (before.schemaFormat !== undefined || after.schemaFormat !== undefined) {
      this.#compareForeign(before, after, of);
    } else {
      this.#schemas[action].compare(before.payload, after.payload, { path: `${path}/payload`, of });
    }
    this.#schemas[action].compare(before.headers, after.headers, {
      path: `${path}/headers`,
      of: `the headers of ${of}`,
    });
  }

  /** Avro and the like: any difference may break, for all that is known here. */
  #compareForeign(before: ChannelMessage, after: ChannelMessage, of: string): void {
    if (before.schemaFormat === after.schemaFormat && canonical(before.payload) === canonical(after.payload))
      return;
    this.#changes.breaking(
      "payload-changed",
      `${after.path}/payload`,
      `The payload of ${of} is another one.`,
    );
  }
}
