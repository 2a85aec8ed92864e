import { databaseNow } from "@/db/database-clock";
import { writeEvents } from "@/db/stores/events";
import { plannedDelivery } from "@/db/stores/new-delivery";
import type { Steps, Tx } from "@/db/transact";
import type { EventPlan } from "@/lib/core/routing";
import { eventType } from "@/lib/events/catalog";
import { decide } from "@/lib/policy/pipeline";
import type { Situation } from "@/lib/policy/plan";
import { targetKey } from "@/lib/policy/rules";
import { dedupKeys } from "@/lib/policy/stages/correlate";
import type { Emission, Emitted } from "./emission";
import { planWithoutRouting } from "./plan-without-routing";
import { readSituations } from "./read-situation";
import type { RoutingReader } from "./routing-snapshot";

/**
 * Splits events into waves, in their order: those of a wave share no dedup key, so that what one does changes nothing
 * for another and they can be read, decided and written together. One that reports a store change is a wave of its own.
 */
export function wavesOf(emissions: readonly Emission[]): Emission[][] {
  const waves: Emission[][] = [];
  let [wave, keys]: [Emission[], Set<string>] = [[], new Set()];
  for (const emission of emissions) {
    const own = dedupKeys(emission.draft, eventType(emission.draft.type));
    const isApart = emission.change !== undefined || wave.some(({ change }) => change !== undefined);
    if (wave.length === 0 || isApart || own.some((key) => keys.has(key))) {
      [wave, keys] = [[], new Set()];
      waves.push(wave);
    }
    wave.push(emission);
    for (const key of own) keys.add(key);
  }
  return waves;
}

/** The spine: change, situation, decision, rows. @returns null for one whose change did not apply */
export function* writeWave(tx: Tx, wave: readonly Emission[], routing: RoutingReader): Steps<(Emitted | null)[]> {
  const now = databaseNow();
  const [first] = wave;
  if (first?.change && !(yield* first.change.apply(tx, first.id))) return [null];
  const happenings = wave.map(({ draft }) => ({ draft, at: draft.at ?? now, now }));
  const snapshot = yield* routing.read(tx, first?.change !== undefined);
  const situations = yield* readSituations(tx, happenings, snapshot);
  const decided = wave.map((emission, index) => decideOne(emission, situations[index] as Situation));
  const written = yield* writeEvents(
    tx,
    decided.map(({ plan, rows }, index) => ({
      ...(happenings[index] as (typeof happenings)[0]),
      id: (wave[index] as Emission).id,
      plan,
      rows,
    })),
  );
  return written.map((one, index) => {
    const { plan, rows, fault } = decided[index] as Decided;
    const { draft, handoff } = wave[index] as Emission;
    if (one.isDuplicate) handoff.withdraw(rows);
    return { draft, written: one, plan, fault };
  });
}

interface Decided {
  plan: EventPlan;
  rows: ReturnType<typeof plannedDelivery>[];
  fault: unknown;
}

/** An error of the policy costs the notifications, never the event. */
function decideOne({ id, draft, sent, handoff }: Emission, situation: Situation): Decided {
  let plan: EventPlan;
  let fault: unknown = null;
  try {
    plan = decide(situation);
  } catch (error) {
    fault = error;
    plan = planWithoutRouting(draft, situation.at, error);
  }
  for (const delivery of plan.deliveries) {
    const { status, kind, channelId, recipient } = delivery;
    const isSent = status === "pending" && kind === "initial" && sent.has(targetKey(channelId, recipient));
    if (isSent) delivery.status = "sent";
  }
  const rows = plan.deliveries.map((delivery) => plannedDelivery(id, delivery, situation.now));
  handoff.reserve(rows);
  return { plan, rows, fault };
}
