import type { EndedTunnel } from "../../src/telemetry/channels.ts";
import { aFinishedCall } from "./finished-call.ts";

/** A WebSocket that its caller has ended, as the gateway publishes it, with what a test changes. */
export function anEndedTunnel(changes: Partial<EndedTunnel> = {}): EndedTunnel {
  return {
    call: aFinishedCall({ status: 101, targetStatus: 101 }),
    protocol: "websocket",
    reason: "caller",
    bytesToTarget: 812,
    bytesToCaller: 90_344,
    milliseconds: 61_234.5678,
    ...changes,
  };
}
