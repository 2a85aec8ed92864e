"use client";

import { useState } from "react";
import { useAction } from "@/components/action/use-action";
import { MessagePreview } from "@/components/channel/message-preview";
import { FormError } from "@/components/form/form-error";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useTimezone } from "@/components/ui/timezone";
import type { ActionResult } from "@/lib/core/action-error";
import type { ReportPeriod } from "@/lib/core/report";
import type { ReportPreview } from "@/lib/services/reports/preview";
import { previewReportAction } from "../report-actions";

interface Props {
  which: { period: ReportPeriod; channelId?: string };
  disabled: boolean;
}

/** Shows the report of the last day or week as its service would, made of what is stored now. */
export function ReportPreviewButton({ which, disabled }: Props) {
  const { run, pending } = useAction();
  const [shown, setShown] = useState<ActionResult<ReportPreview> | null>(null);
  const timezone = useTimezone();
  const show = () =>
    run(() => previewReportAction(which), {
      onSuccess: (value) => setShown({ ok: true, value }),
      onError: (error) => setShown({ ok: false, error }),
    });
  return (
    <>
      <Button onClick={show} pending={pending} disabled={disabled}>
        Preview
      </Button>
      <Dialog
        open={shown !== null}
        onOpenChange={(open) => !open && setShown(null)}
        size="lg"
        title={shown?.ok ? shown.value.title : "Preview"}
        description={shown?.ok ? `As ${shown.value.channelName} would get it now` : "There is nothing to show."}
      >
        {shown?.ok && <MessagePreview preview={shown.value.preview} timezone={timezone} />}
        {shown && !shown.ok && <FormError error={shown.error} />}
      </Dialog>
    </>
  );
}
