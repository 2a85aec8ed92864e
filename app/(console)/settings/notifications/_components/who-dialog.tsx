"use client";

import { useState, useTransition } from "react";
import { WhoList } from "@/components/channel/who-list";
import { FormError } from "@/components/form/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { ActionResult } from "@/lib/core/failure";
import { whoIsTold } from "../actions";

type Who = Extract<Awaited<ReturnType<typeof whoIsTold>>, { ok: true }>["value"];

/** The exact list of channels and people, asked of the code that routes. */
export function WhoDialog({ event: { type, name } }: { event: { type: string; name: string } }) {
  const [open, setOpen] = useState(false);
  const [, start] = useTransition();
  const [answer, setAnswer] = useState<ActionResult<Who> | null>(null);
  const change = (next: boolean) => {
    setOpen(next);
    if (!next) return;
    setAnswer(null);
    start(async () => setAnswer(await whoIsTold({ type })));
  };
  return (
    <Dialog
      trigger={
        <Button variant="ghost" size="sm">
          Who will be told?
        </Button>
      }
      open={open}
      onOpenChange={change}
      title={`Who will be told of ${name}?`}
      description="As it stands now, worked out by the same rules that send."
      footer={
        <DialogClose>
          <Button>Close</Button>
        </DialogClose>
      }
    >
      {!answer && <SkeletonRows rows={3} />}
      {answer?.ok && <WhoList who={answer.value} />}
      {answer && !answer.ok && <FormError error={answer.error} known={[]} />}
    </Dialog>
  );
}
