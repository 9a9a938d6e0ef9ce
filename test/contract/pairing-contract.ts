import { after, before, suite } from "node:test";
import type { Store } from "../../src/stores/store.ts";
import { certificatesContract } from "./pairing/certificates.ts";
import { claimingContract } from "./pairing/claiming.ts";
import { clockContract } from "./pairing/clock.ts";
import { droppingContract } from "./pairing/dropping.ts";
import { redeemingContract } from "./pairing/redeeming.ts";
import { revokingContract } from "./pairing/revoking.ts";
import { watchingContract } from "./pairing/watching.ts";

/** What every home of the records of pairing does alike. `open` gives one store for all tests. */
export function pairingContract(name: string, open: () => Promise<Store>): void {
  suite(`${name} pairing records`, () => {
    let store: Store | undefined;
    before(async () => {
      store = await open();
    });
    after(async () => {
      await store?.close();
    });
    const records = () => {
      if (!store) throw new Error("the store was not opened");
      return store.pairing;
    };
    claimingContract(name, records);
    redeemingContract(name, records);
    clockContract(name, records);
    certificatesContract(name, records);
    revokingContract(name, records);
    watchingContract(name, records);
    droppingContract(name, records);
  });
}
