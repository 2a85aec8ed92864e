"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  job: { id: string; name: string; enabled: boolean };
  update: (input: { id: string; enabled: boolean }) => Promise<ActionResult<unknown>>;
}

/** Enables or disables the job at once; shows the saved state again when that fails. */
export function EnabledSwitch({ job, update }: Props) {
  const router = useRouter();
  const [requested, setRequested] = useState<boolean | null>(null);
  const [pending, start] = useTransition();
  const isOn = requested ?? job.enabled;
  const change = (enabled: boolean) => {
    setRequested(enabled);
    start(async () => {
      const answer = await update({ id: job.id, enabled });
      if (answer.ok) {
        toast.success(
          enabled
            ? `${job.name} is enabled`
            : `${job.name} is disabled: it runs manually only, and its open alerts are closed`,
        );
        router.refresh();
      } else toast.error(answer.error.message);
      start(() => setRequested(null));
    });
  };
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control inside.
    <label className="mr-1 inline-flex items-center gap-2 text-muted text-sm">
      Enabled
      <Switch checked={isOn} disabled={pending} onCheckedChange={change} />
    </label>
  );
}
