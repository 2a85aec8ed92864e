"use client";

import { useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { RoutingPreviewList } from "@/components/channel/routing-preview-list";
import { FormError } from "@/components/form/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { ActionResult } from "@/lib/core/action-error";
import { previewEventRoutingAction } from "../actions";

type RoutingPreview = Extract<Awaited<ReturnType<typeof previewEventRoutingAction>>, { ok: true }>["value"];

/** Channels and recipients of an event, computed by the routing code. */
export function RoutingPreviewDialog({ event: { type, name } }: { event: { type: string; name: string } }) {
  const [open, setOpen] = useState(false);
  const [answer, setAnswer] = useState<ActionResult<RoutingPreview> | null>(null);
  const change = (next: boolean) => {
    setOpen(next);
    if (!next) return;
    setAnswer(null);
    void answerOf(() => previewEventRoutingAction({ type })).then(setAnswer);
  };
  return (
    <Dialog
      trigger={
        <Button variant="ghost" size="sm" className="-ml-2 md:ml-0">
          Who gets notified?
        </Button>
      }
      open={open}
      onOpenChange={change}
      title={`Who gets notified of ${name}?`}
      description="Computed from the current settings by the same code that routes notifications."
      footer={
        <DialogClose>
          <Button>Close</Button>
        </DialogClose>
      }
    >
      {!answer && <SkeletonRows rows={3} />}
      {answer?.ok && <RoutingPreviewList preview={answer.value} />}
      {answer && !answer.ok && <FormError error={answer.error} known={[]} />}
    </Dialog>
  );
}
