import type { Change } from "@/db/stores/change";
import type { WrittenEvent } from "@/db/stores/events";
import { transactTogether } from "@/db/transact";
import { messageOf } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import { loggerOf } from "@/lib/core/logger";
import { systemError } from "@/lib/events/system-error";
import { DirectHandoff } from "./plan/direct-handoff";
import type { Emission, Emitted } from "./plan/emission";
import { WRITE_EMISSIONS } from "./plan/write-emissions";
import { rememberEvent } from "./send/recent-events";
import { noticeStorageFault } from "./send/storage-watch";

const log = loggerOf("emit");

/** The part that decides who is notified, as the subject of its own errors. */
export const ROUTING = { kind: "component", id: "routing", name: "Routing" } as const;

export interface EmitInput {
  draft: EventDraft;
  /** The store change that the event reports, written in the same transaction. */
  change?: Change;
}

/**
 * Records that something happened: the change that it reports, the event, its alert and its deliveries, in one
 * transaction. Returns when that is committed; nobody waits for a network.
 * @returns null when the change did not apply: then nothing is recorded and nobody is notified
 * @throws AppError `unavailable` when the database cannot be written, and what the change throws; never because of
 * a problem with notifications
 */
export async function emit(draft: EventDraft, change?: Change): Promise<WrittenEvent | null> {
  const [written] = await emitAll([change ? { draft, change } : { draft }]);
  return written ?? null;
}

/** Several events, taken whole or refused whole. Answers in the same order. */
export async function emitAll(inputs: readonly EmitInput[]): Promise<(WrittenEvent | null)[]> {
  return await record(inputs, new Set());
}

/**
 * Records an event that was sent from memory already, while nothing could be written.
 * @param sent channel and recipient of those that took it (`targetKey`): their deliveries are written as sent
 */
export async function emitAlreadySent(draft: EventDraft, sent: ReadonlySet<string>): Promise<void> {
  await record([{ draft }], sent);
}

async function record(inputs: readonly EmitInput[], sent: ReadonlySet<string>): Promise<(WrittenEvent | null)[]> {
  const handoff = new DirectHandoff();
  const batch = inputs.map((input): Emission => ({ ...input, id: newId("evt"), sent, handoff }));
  let emitted: (Emitted | null)[];
  try {
    emitted = await transactTogether(WRITE_EMISSIONS, batch);
  } catch (error) {
    handoff.release();
    noticeStorageFault(error);
    throw error;
  }
  for (const one of emitted) {
    if (one && !one.written.isDuplicate) rememberEvent(one.written.id, one.draft, one.plan);
  }
  handoff.push();
  for (const one of emitted) if (one?.fault) reportFault(one.draft, one.fault);
  return emitted.map((one) => one?.written ?? null);
}

function reportFault(draft: EventDraft, fault: unknown): void {
  log.error("event stored, routing failed", { type: draft.type, error: fault });
  if (draft.subject.id === ROUTING.id) return;
  emit(
    systemError.draft({
      subject: ROUTING,
      data: {
        error: `An event of type ${draft.type} (${draft.subject.name}) was stored, but nobody was notified: ${messageOf(fault)}`,
      },
    }),
  ).catch((error) => log.error("failed to raise the routing failure", { error }));
}
