/**
 * node:http without its ES module facade: importing a value from "node:http" makes Node load its built-in
 * WebSocket and fetch for the sake of the export list, which costs every start 100 ms and 10 MB.
 */
export const { createServer, IncomingMessage, METHODS, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule("node:http");
