"use client";

import { useEffect, useMemo } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { EntryActions, InboxItem } from "./entry";
import { SnoozeMenu } from "./snooze-menu";
import { useEntryActions } from "./use-entry-actions";

/** The actions of an entry's own page. Who opens the page has read the entry. */
export function EntryToolbar({ entry: sent, actions }: { entry: InboxItem; actions: EntryActions }) {
  const { entries, handlers, pending } = useEntryActions(
    useMemo(() => [sent], [sent]),
    actions,
  );
  const [entry = sent] = entries;
  const { id, isRead } = sent;
  const { read } = actions;
  useEffect(() => {
    if (!isRead) void read({ id });
  }, [id, isRead, read]);
  const { acknowledge, resolve, snooze } = handlers;
  if (entry.kind === "event" || entry.status === "resolved") return null;
  return (
    <>
      {acknowledge && entry.status !== "acknowledged" && (
        <Button variant="primary" pending={pending} onClick={() => acknowledge(entry)}>
          Acknowledge
        </Button>
      )}
      {snooze && (
        <SnoozeMenu
          title={entry.title}
          isSnoozed={entry.snoozedUntil !== null}
          trigger={<Button>{entry.snoozedUntil ? "Snoozed…" : "Snooze…"}</Button>}
          onSnooze={(until) => snooze(entry, until)}
        />
      )}
      {resolve && actions.forAlerts && (
        <ConfirmDialog
          trigger={<Button>Resolve…</Button>}
          title="Resolve this alert?"
          confirmLabel="Resolve"
          onConfirm={async () => {
            resolve(entry);
            return undefined;
          }}
        >
          Its pending reminders are canceled, and no recovery notification is sent. If the problem occurs again, a new
          alert opens and notifications are sent again.
        </ConfirmDialog>
      )}
    </>
  );
}
