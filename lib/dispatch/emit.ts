import type { Change } from "@/db/stores/change";
import { type Recorded, recordEvents } from "@/db/stores/events";
import { messageOf } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import { loggerOf } from "@/lib/core/logger";
import { targetKey } from "@/lib/policy/route";
import { decider } from "./decider";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("emit");

/** The part that works out who is told of an event, as the subject of its own faults. */
export const ROUTING = { kind: "component", id: "routing", name: "Routing" } as const;

export interface Emitted {
  id: string;
  isDuplicate: boolean;
  deliveries: number;
}

/**
 * Records that something happened: event, alert and deliveries, and the store change that it tells of, in one
 * transaction. Returns when that is committed; nobody waits for a network.
 * @returns null when the change did not apply: then nothing is recorded and nobody is told
 * @throws AppError `unavailable` when the database cannot be written, and what the change throws; never for trouble with notifications
 */
export async function emit(draft: EventDraft, change?: Change): Promise<Emitted | null> {
  const [answer] = await emitAll([change ? { draft, change } : { draft }]);
  return answer ?? null;
}

/** Several events, taken whole or refused whole. Answers in the same order. */
export async function emitAll(inputs: { draft: EventDraft; change?: Change }[]): Promise<(Emitted | null)[]> {
  let answers: (Recorded | null)[];
  try {
    answers = await recordEvents(inputs, decider);
  } catch (error) {
    noticeStorageFault(error);
    throw error;
  }
  answers.forEach((answer, index) => {
    const input = inputs[index];
    if (!answer || !input) return;
    if (answer.fault) reportFault(input.draft, answer.fault);
  });
  return answers.map(
    (answer) => answer && { id: answer.id, isDuplicate: answer.isDuplicate, deliveries: answer.deliveries },
  );
}

/**
 * Records an event that was told from memory already, while nothing could be written.
 * @param told channel and recipient of those that took it: their deliveries are written as sent
 */
export async function emitAlreadySent(draft: EventDraft, told: ReadonlySet<string>): Promise<void> {
  await recordEvents([{ draft }], {
    ...decider,
    decide(situation) {
      const plan = decider.decide(situation);
      for (const row of plan.deliveries) {
        if (row.status === "pending" && told.has(targetKey(row.channelId, row.recipient))) row.status = "sent";
      }
      return plan;
    },
  });
}

function reportFault(draft: EventDraft, fault: unknown): void {
  log.error("an event was kept, but not routed", { type: draft.type, error: fault });
  if (draft.type === "system.error") return;
  emit({
    type: "system.error",
    subject: ROUTING,
    data: {
      error: `An event of type ${draft.type} (${draft.subject.name}) was kept, but nobody was told: ${messageOf(fault)}`,
    },
  }).catch((error) => log.error("the fault could not be raised either", { error }));
}
