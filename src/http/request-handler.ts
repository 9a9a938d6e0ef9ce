import type { IncomingMessage, ServerResponse } from "node:http";

/** The one interface that a component serves: `main` hands it to a listener or to another component. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;
