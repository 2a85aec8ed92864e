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

/** Switches the job on or off at once; it goes back by itself when that did not work. */
export function EnabledSwitch({ job, update }: Props) {
  const router = useRouter();
  const [wish, setWish] = useState<boolean | null>(null);
  const [pending, start] = useTransition();
  const isOn = wish ?? job.enabled;
  const change = (enabled: boolean) => {
    setWish(enabled);
    start(async () => {
      const answer = await update({ id: job.id, enabled });
      if (answer.ok) {
        toast.success(
          enabled ? `${job.name} is on` : `${job.name} is off: it runs by hand only, and its open problems are closed`,
        );
        router.refresh();
      } else toast.error(answer.error.message);
      start(() => setWish(null));
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
