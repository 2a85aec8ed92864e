"use client";

import { Popover } from "radix-ui";
import type { RefObject } from "react";
import { classNames } from "@/components/class-names";
import { msOf } from "@/components/ms-of";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Spinner } from "@/components/ui/spinner";
import type { BellActions } from "./bell";
import { useBell } from "./bell-state";
import { firstLine, type InboxItem } from "./entry";
import { EntryButtons } from "./entry-buttons";
import { ReadAllButton } from "./read-all-button";
import { SeverityBadge } from "./severity-badge";
import { useEntryActions } from "./use-entry-actions";

interface Props {
  actions: BellActions;
  /** Below which it stands, and which opens and closes it. */
  bell: RefObject<HTMLButtonElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The latest entries, below the bell. */
export function BellPopover({ actions, bell, open, onOpenChange }: Props) {
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Anchor virtualRef={bell as RefObject<HTMLButtonElement>} />
      <Popover.Portal>
        <Popover.Content
          aria-label="Notifications"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          // The bell closes it itself.
          onInteractOutside={(event) => {
            if (bell.current?.contains(event.target as Node)) event.preventDefault();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            bell.current?.focus();
          }}
          className="z-40 flex max-h-[70vh] w-[min(26rem,calc(100vw-16px))] animate-appear flex-col rounded-lg border border-line-strong bg-panel text-sm shadow-float outline-none"
        >
          <Latest actions={actions} onLeave={() => onOpenChange(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

const NONE: readonly InboxItem[] = [];

function Latest({ actions, onLeave }: { actions: BellActions; onLeave: () => void }) {
  const { entries: sent, seenAt, refresh } = useBell();
  const { entries, handlers } = useEntryActions(sent ?? NONE, actions, refresh);
  return (
    <>
      <div className="flex min-h-11 items-center justify-between gap-3 border-line border-b py-1 pr-2 pl-4">
        <h2 className="font-medium">Notifications</h2>
        {entries.length > 0 && (
          <ReadAllButton size="sm" variant="ghost" seenAt={seenAt} readAll={actions.readAll} onDone={refresh} />
        )}
      </div>
      <ul className="min-h-0 flex-1 overflow-y-auto">
        {entries.map((entry) => (
          <li
            key={entry.id}
            className="grid grid-cols-[5.25rem_minmax(0,1fr)] items-start gap-x-2 border-line border-b py-2 pr-2 pl-4 last:border-b-0"
          >
            <span>
              <SeverityBadge severity={entry.severity} />
            </span>
            <div>
              <BellEntry entry={entry} onLeave={onLeave} />
              <div className="flex items-center justify-between gap-2 text-faint text-xs">
                <span>
                  <RelativeTime at={msOf(entry.lastOccurredAt)} />
                  {entry.occurrences > 1 && `, ${entry.occurrences} times`}
                </span>
                <span className="flex items-center">
                  <EntryButtons entry={entry} handlers={handlers} />
                </span>
              </div>
            </div>
          </li>
        ))}
        {sent === null && (
          <li className="grid place-items-center p-6">
            <Spinner />
          </li>
        )}
        {sent?.length === 0 && <li className="p-6 text-center text-muted">Nothing here yet.</li>}
      </ul>
      <Link
        href="/notifications"
        onClick={onLeave}
        className="flex min-h-10 items-center justify-center rounded-b-lg border-line border-t text-muted outline-offset-[-2px] hover:bg-hover hover:text-ink"
      >
        View all
      </Link>
    </>
  );
}

function BellEntry({ entry, onLeave }: { entry: InboxItem; onLeave: () => void }) {
  const isUnread = !entry.isRead && entry.status !== "resolved";
  return (
    <div className="pr-2">
      <Link
        href={`/notifications/${entry.id}`}
        onClick={onLeave}
        title={entry.title}
        className={classNames(
          "line-clamp-2 [overflow-wrap:anywhere] hover:underline",
          isUnread ? "font-medium" : "text-muted",
        )}
      >
        {isUnread && <span className="sr-only">Unread: </span>}
        {entry.title}
      </Link>
      {entry.message && <p className="truncate text-faint text-xs">{firstLine(entry.message, 80)}</p>}
    </div>
  );
}
