"use client";

import { useAction } from "@/components/action/use-action";
import { Button } from "@/components/ui/button";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  alert: { id: string; title: string };
  acknowledge: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Acknowledges an alert at once: it stays open, its reminders stop. */
export function AcknowledgeButton({ alert, acknowledge }: Props) {
  const { run, pending } = useAction();
  const submit = () =>
    run(() => acknowledge({ id: alert.id }), { success: "Acknowledged. The alert stays open; reminders stop." });
  return (
    <Button size="sm" variant="ghost" pending={pending} onClick={submit} aria-label={`Acknowledge ${alert.title}`}>
      Acknowledge
    </Button>
  );
}
