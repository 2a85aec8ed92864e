import type { Change } from "@/db/stores/change";
import type { WrittenEvent } from "@/db/stores/events";
import type { EventDraft } from "@/lib/core/event";
import type { EventPlan } from "@/lib/core/routing";
import type { DirectHandoff } from "./direct-handoff";

/** An event on its way into the database. */
export interface Emission {
  /** The same in every attempt to write it. */
  id: string;
  draft: EventDraft;
  change?: Change;
  /** Channel and recipient of those that were notified already (`targetKey`). */
  sent: ReadonlySet<string>;
  /** Of its caller. */
  handoff: DirectHandoff;
}

/** An event in the database. */
export interface Emitted {
  draft: EventDraft;
  written: WrittenEvent;
  plan: EventPlan;
  /** Routing failed; the event has no deliveries. */
  fault: unknown;
}
