import { isAnyEventStored } from "@/db/stores/events";
import type { SharedBody } from "@/db/transact";
import { eventType } from "@/lib/events/catalog";
import { dedupKeys } from "@/lib/policy/stages/correlate";
import type { Emission, Emitted } from "./emission";
import { RoutingReader } from "./routing-snapshot";
import { wavesOf, writeWave } from "./write-wave";

/** What one caller hands over, taken whole or refused whole. */
type EmissionBatch = readonly Emission[];

/** Writes the events of one or more callers in one transaction. */
export const WRITE_EMISSIONS: SharedBody<EmissionBatch, (Emitted | null)[]> = {
  lockKeys: (batch) => batch.flatMap(({ draft }) => dedupKeys(draft, eventType(draft.type))),
  sizeOf: (batch) => batch.length,
  // A store change may wait for others, and may be refused.
  isApart: (batch) => batch.some(({ change }) => change !== undefined),
  *run(tx, batches) {
    const emissions = batches.flat();
    // What an attempt before this one reserved was not written.
    for (const { handoff } of emissions) handoff.release();
    const routing = new RoutingReader();
    const results: (Emitted | null)[] = [];
    for (const wave of wavesOf(emissions)) results.push(...(yield* writeWave(tx, wave, routing)));
    return batches.map((batch) => results.splice(0, batch.length));
  },
  *wasCommitted(tx, batches) {
    return yield* isAnyEventStored(
      tx,
      batches.flat().map(({ id }) => id),
    );
  },
};
