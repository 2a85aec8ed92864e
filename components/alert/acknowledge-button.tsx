"use client";

import { useTransition } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  alert: { id: string; title: string };
  acknowledge: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Says at once that somebody takes care of a problem: it stays open, its reminders end. */
export function AcknowledgeButton({ alert, acknowledge }: Props) {
  const [pending, start] = useTransition();
  const act = () =>
    start(async () => {
      const answer = await acknowledge({ id: alert.id });
      if (answer.ok) toast.success("Acknowledged: it stays open, and reminders end.");
      else toast.error(answer.error.message);
    });
  return (
    <Button size="sm" variant="ghost" pending={pending} onClick={act} aria-label={`Acknowledge ${alert.title}`}>
      Acknowledge
    </Button>
  );
}
