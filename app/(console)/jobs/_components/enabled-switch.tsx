"use client";

import { useRouter } from "next/navigation";
import { startTransition, useState } from "react";
import { useAction } from "@/components/action/use-action";
import { Switch } from "@/components/ui/switch";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  job: { id: string; name: string; enabled: boolean };
  update: (input: { id: string; enabled: boolean }) => Promise<ActionResult<unknown>>;
}

/** Enables or disables the job at once; shows the saved state again when that fails. */
export function EnabledSwitch({ job, update }: Props) {
  const router = useRouter();
  const [requested, setRequested] = useState<boolean | null>(null);
  const { run, pending } = useAction();
  const isOn = requested ?? job.enabled;
  const change = (enabled: boolean) => {
    setRequested(enabled);
    run(() => update({ id: job.id, enabled }), {
      success: enabled
        ? `${job.name} is enabled`
        : `${job.name} is disabled: it runs manually only, and its open alerts are closed`,
      undo: () => update({ id: job.id, enabled: !enabled }),
      onSettled: () =>
        startTransition(() => {
          setRequested(null);
          router.refresh();
        }),
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
