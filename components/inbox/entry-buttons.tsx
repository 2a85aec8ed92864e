"use client";

import { Check, CheckCheck, UserCheck } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { InboxItem } from "./entry";
import { SnoozeMenu } from "./snooze-menu";
import type { EntryHandlers } from "./use-entry-actions";

const ICON = "size-3.5";

/**
 * The buttons of a row: what is possible for this entry and this reader. Each keeps its place in every row, so that a
 * person who goes down a column meets one action only.
 */
export function EntryButtons({ entry, handlers }: { entry: InboxItem; handlers: EntryHandlers }) {
  const { kind, status, title, isRead } = entry;
  const { read, acknowledge, resolve, snooze } = handlers;
  const isOpen = kind === "alert" && status !== "resolved";
  return (
    <>
      {!isRead && status !== "resolved" ? (
        <IconButton size="sm" label={`Mark as read: ${title}`} onClick={() => read(entry)}>
          <Check aria-hidden="true" className={ICON} />
        </IconButton>
      ) : (
        <Place />
      )}
      {acknowledge && isOpen && status !== "acknowledged" ? (
        <IconButton size="sm" label={`Acknowledge ${title}`} onClick={() => acknowledge(entry)}>
          <UserCheck aria-hidden="true" className={ICON} />
        </IconButton>
      ) : (
        acknowledge && <Place />
      )}
      {snooze && isOpen ? (
        <SnoozeMenu title={title} isSnoozed={entry.snoozedUntil !== null} onSnooze={(until) => snooze(entry, until)} />
      ) : (
        snooze && <Place />
      )}
      {resolve && isOpen ? <ResolveIcon entry={entry} onResolve={() => resolve(entry)} /> : resolve && <Place />}
    </>
  );
}

/** The place of a button that this entry does not have. */
function Place() {
  return <span aria-hidden="true" className="size-7 shrink-0 pointer-coarse:size-9" />;
}

function ResolveIcon({ entry, onResolve }: { entry: InboxItem; onResolve: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton size="sm" label={`Resolve ${entry.title}`} onClick={() => setOpen(true)}>
        <CheckCheck aria-hidden="true" className={ICON} />
      </IconButton>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Resolve this alert?"
        confirmLabel="Resolve"
        onConfirm={async () => {
          onResolve();
          return undefined;
        }}
      >
        <p>
          <b>{entry.title}</b>
        </p>
        <p className="mt-2">
          It moves below the open ones and its pending reminders are canceled. No recovery notification is sent. If the
          problem occurs again, a new alert opens and notifications are sent again.
        </p>
      </ConfirmDialog>
    </>
  );
}
