"use client";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  alert: { id: string; title: string; notified: readonly string[] };
  resolve: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Closes one open problem by hand, after saying what that does and what it does not. */
export function ResolveButton({ alert, resolve }: Props) {
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Resolve</Button>}
      title="Resolve this problem?"
      confirmLabel="Resolve"
      onConfirm={() => resolve({ id: alert.id })}
      onDone={() => toast.success("Resolved")}
    >
      <p>
        <b>{alert.title}</b>
      </p>
      <p className="mt-2">
        It leaves this list, and reminders still to come are canceled. Nobody is sent a “recovered” message. If it
        happens again, it opens anew and is told again.
      </p>
    </ConfirmDialog>
  );
}
