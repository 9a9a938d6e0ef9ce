import { IncomingMessage } from "../http/node-http.ts";

/** A request whose raw headers may change: every view of them that Node makes on demand is made of those. */
export class IngressRequest extends IncomingMessage {}

// The typings call it a property, which an accessor may not override. Node's own reads as many raw headers
// as the client sent; here their number is another. Made anew for each reader, because hardly anybody asks.
Object.defineProperty(IngressRequest.prototype, "headersDistinct", {
  get(this: IngressRequest): NodeJS.Dict<string[]> {
    const { rawHeaders } = this;
    const values = Object.create(null) as NodeJS.Dict<string[]>;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = (rawHeaders[index] as string).toLowerCase();
      (values[name] ??= []).push(rawHeaders[index + 1] as string);
    }
    return values;
  },
});
