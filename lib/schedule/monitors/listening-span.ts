import { databaseNow } from "@/db/database-clock";
import { lastListenedAt } from "@/db/stores/listeners";
import type { MonitorContext } from "./define-monitor";
import type { GaplessWatch } from "./gapless-watch";

/** Where others take the reports: when none of them said for so long that it does, nobody listens. Milliseconds. */
const NOBODY_LISTENS_MS = 12_000;

/** When reports of clients were listened to, by the database's clock, milliseconds. */
interface ListeningSpan {
  now: number;
  /** Since when without a gap: before that, silence says nothing. */
  watchedSince: number;
  /** Until when somebody surely listened. */
  heardUntil: number;
}

/** Null while no process takes reports: then nobody keeps silent. */
export async function listeningSpan(
  { processId }: Pick<MonitorContext, "processId">,
  watch: GaplessWatch,
): Promise<ListeningSpan | null> {
  const now = databaseNow();
  // A single process listens itself.
  const listenedAt = processId === null ? now : await lastListenedAt();
  if (listenedAt === null || now - listenedAt > NOBODY_LISTENS_MS) {
    watch.interrupt();
    return null;
  }
  return { now, watchedSince: watch.since(now), heardUntil: Math.min(now, listenedAt) };
}
