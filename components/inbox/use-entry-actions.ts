"use client";

import { useState } from "react";
import { useAction } from "@/components/action/use-action";
import { formatDayTime } from "@/components/format";
import { useTimezone } from "@/components/ui/timezone";
import type { ActionResult } from "@/lib/core/action-error";
import type { EntryActions, InboxItem } from "./entry";

/** What the reader does to entries, each named in one word. */
export interface EntryHandlers {
  read: (entry: InboxItem) => void;
  acknowledge?: (entry: InboxItem) => void;
  resolve?: (entry: InboxItem) => void;
  snooze?: (entry: InboxItem, until: string | null) => void;
}

/**
 * The actions on entries, with what each is after them, until the list itself is read again.
 * @param entries as the server sent them @param onDone after each that succeeded
 */
export function useEntryActions(
  entries: readonly InboxItem[],
  actions: EntryActions,
  onDone?: () => void,
): { entries: InboxItem[]; handlers: EntryHandlers; pending: boolean } {
  const timezone = useTimezone();
  const action = useAction();
  const [changed, setChanged] = useState<{ from: readonly InboxItem[]; byId: ReadonlyMap<string, InboxItem> }>();
  const show = (entry: InboxItem) => {
    setChanged((before) => ({
      from: entries,
      byId: new Map([...(before?.from === entries ? before.byId : []), [entry.id, entry]]),
    }));
    onDone?.();
  };
  const run = (
    call: () => Promise<ActionResult<InboxItem>>,
    success?: string,
    undo?: () => Promise<ActionResult<InboxItem>>,
  ) =>
    action.run(call, {
      success,
      onSuccess: show,
      ...(undo && {
        undo: async () => {
          const answer = await undo();
          if (answer.ok) show(answer.value);
          return answer;
        },
      }),
    });
  const { forAlerts } = actions;
  const handlers: EntryHandlers = {
    read: ({ id }) => run(() => actions.read({ id })),
    ...(forAlerts && {
      acknowledge: ({ id }) =>
        run(() => forAlerts.acknowledge({ id }), "Acknowledged. The alert stays open; reminders stop."),
      resolve: ({ id }) => run(() => forAlerts.resolve({ id }), "Resolved."),
      snooze: ({ id, snoozedUntil }, until) =>
        run(
          () => forAlerts.snooze({ id, until }),
          until === null ? "Snooze ended." : `Snoozed until ${formatDayTime(Date.parse(until), timezone)}.`,
          () => forAlerts.snooze({ id, until: stillToCome(snoozedUntil) }),
        ),
    }),
  };
  const byId = changed?.from === entries ? changed.byId : undefined;
  return { entries: entries.map((entry) => byId?.get(entry.id) ?? entry), handlers, pending: action.pending };
}

/** Null for a time that has passed. */
function stillToCome(at: string | null): string | null {
  return at !== null && Date.parse(at) > Date.now() ? at : null;
}
