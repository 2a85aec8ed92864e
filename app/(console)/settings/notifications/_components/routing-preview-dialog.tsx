"use client";

import { useState, useTransition } from "react";
import { RoutingPreviewList } from "@/components/channel/routing-preview-list";
import { FormError } from "@/components/form/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { ActionResult } from "@/lib/core/action-error";
import { previewEventRouting } from "../actions";

type RoutingPreview = Extract<Awaited<ReturnType<typeof previewEventRouting>>, { ok: true }>["value"];

/** The exact list of channels and people, asked of the code that routes. */
export function RoutingPreviewDialog({ event: { type, name } }: { event: { type: string; name: string } }) {
  const [open, setOpen] = useState(false);
  const [, start] = useTransition();
  const [answer, setAnswer] = useState<ActionResult<RoutingPreview> | null>(null);
  const change = (next: boolean) => {
    setOpen(next);
    if (!next) return;
    setAnswer(null);
    start(async () => setAnswer(await previewEventRouting({ type })));
  };
  return (
    <Dialog
      trigger={
        <Button variant="ghost" size="sm">
          RoutingPreview will be told?
        </Button>
      }
      open={open}
      onOpenChange={change}
      title={`RoutingPreview will be told of ${name}?`}
      description="As it stands now, worked out by the same rules that send."
      footer={
        <DialogClose>
          <Button>Close</Button>
        </DialogClose>
      }
    >
      {!answer && <SkeletonRows rows={3} />}
      {answer?.ok && <RoutingPreviewList who={answer.value} />}
      {answer && !answer.ok && <FormError error={answer.error} known={[]} />}
    </Dialog>
  );
}
