"use client";

import { Bell as BellIcon } from "lucide-react";
import { useRef, useState } from "react";
import { useEarlyClick } from "@/components/ui/early/early-click";
import { useLoaded } from "@/components/ui/use-loaded";
import type { ActionResult } from "@/lib/core/action-error";
import { MOST_UNREAD } from "@/lib/core/inbox";
import { useBell } from "./bell-state";
import { countLabel, type EntryActions } from "./entry";

export interface BellActions extends EntryActions {
  readAll: (input: { seenAt: string }) => Promise<ActionResult<unknown>>;
}

/** Fits into the bell. */
const MOST_SHOWN = 100;

const loadPopover = () => import("./bell-popover").then(({ BellPopover }) => BellPopover);

/** The bell of the top bar: how much is unread, and the latest entries. */
export function Bell({ actions }: { actions: BellActions }) {
  const { unread, refresh } = useBell();
  const [open, setOpen] = useState(false);
  const bell = useRef<HTMLButtonElement>(null);
  const [Popover, ask] = useLoaded(loadPopover);
  const label =
    unread === 0 ? "Notifications, nothing unread" : `Notifications, ${countLabel(unread, MOST_UNREAD)} unread`;
  const press = () => {
    if (!open) {
      refresh();
      ask();
    }
    setOpen(!open);
  };
  const early = useEarlyClick({ ref: bell, onClick: press });
  return (
    <>
      <button
        {...early}
        type="button"
        aria-label={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        className="relative grid size-8 shrink-0 place-items-center rounded-md text-muted transition-colors hover:bg-hover hover:text-ink pointer-coarse:size-10"
      >
        <BellIcon aria-hidden="true" className="size-4" />
        {unread > 0 && (
          <span
            aria-hidden="true"
            className="num absolute top-0 right-0 min-w-4 rounded-full bg-failure px-1 text-center font-medium text-on-failure text-xs leading-4"
          >
            {countLabel(unread, MOST_SHOWN)}
          </span>
        )}
      </button>
      {Popover && <Popover actions={actions} bell={bell} open={open} onOpenChange={setOpen} />}
    </>
  );
}
