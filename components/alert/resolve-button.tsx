"use client";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  alert: { id: string; title: string };
  resolve: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Resolves one alert manually, after explaining what that does. */
export function ResolveButton({ alert, resolve }: Props) {
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Resolve</Button>}
      title="Resolve this alert?"
      confirmLabel="Resolve"
      onConfirm={() => resolve({ id: alert.id })}
      onDone={() => toast.success("Resolved")}
    >
      <p>
        <b>{alert.title}</b>
      </p>
      <p className="mt-2">
        It leaves this list and its pending reminders are canceled. No recovery notification is sent. If the problem
        occurs again, a new alert opens and notifications are sent again.
      </p>
    </ConfirmDialog>
  );
}
