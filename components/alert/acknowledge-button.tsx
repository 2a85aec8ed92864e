"use client";

import { useTransition } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  alert: { id: string; title: string };
  acknowledge: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Acknowledges an alert at once: it stays open, its reminders stop. */
export function AcknowledgeButton({ alert, acknowledge }: Props) {
  const [pending, start] = useTransition();
  const submit = () =>
    start(async () => {
      const answer = await acknowledge({ id: alert.id });
      if (answer.ok) toast.success("Acknowledged. The alert stays open; reminders stop.");
      else toast.error(answer.error.message);
    });
  return (
    <Button size="sm" variant="ghost" pending={pending} onClick={submit} aria-label={`Acknowledge ${alert.title}`}>
      Acknowledge
    </Button>
  );
}
