"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import type { ActionResult } from "@/lib/core/action-error";
import { Button } from "./button";
import { ConfirmDialog } from "./confirm-dialog";
import { toast } from "./toast";

interface Props {
  /** What it is, in the singular: `route`. */
  noun: string;
  name: string;
  remove: () => Promise<ActionResult<unknown>>;
  /** In a row of a list: small, and named after what it deletes. */
  inList?: boolean;
  /** Where to go afterwards, from a page that is gone then; left out: it stays and is read again. */
  goTo?: string;
  /** What is lost, and what is kept. */
  children: ReactNode;
}

/** Deletes one thing, after saying what that means. */
export function DeleteButton({ noun, name, remove, inList = false, goTo, children }: Props) {
  const router = useRouter();
  // Not once more, while the next page is on its way.
  const [isDone, setDone] = useState(false);
  // The row takes the focus with it: without this the keyboard would begin again at the top of the page.
  useEffect(
    () => () => {
      if (isDone && inList) document.getElementById("main")?.focus({ preventScroll: true });
    },
    [isDone, inList],
  );
  return (
    <ConfirmDialog
      danger
      trigger={
        <Button
          variant={inList ? "default" : "ghost"}
          size={inList ? "sm" : "md"}
          disabled={isDone}
          aria-label={inList ? `Delete ${name}` : undefined}
        >
          Delete…
        </Button>
      }
      title={`Delete ${name}?`}
      confirmLabel={`Delete ${noun}`}
      onConfirm={remove}
      onDone={() => {
        setDone(true);
        toast.success(`${name} was deleted`);
        if (goTo) router.push(goTo);
        else router.refresh();
      }}
    >
      {children}
    </ConfirmDialog>
  );
}
