"use client";

import { Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { mayLeave } from "@/components/action/unsaved";
import { useAction } from "@/components/action/use-action";
import { Button } from "@/components/ui/button";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  jobId: string;
  jobName: string;
  run: (input: { id: string }) => Promise<ActionResult<{ runId: string }>>;
  size?: "sm" | "md";
  variant?: "primary" | "default";
  /** Prefix of the address to open; the run's id is appended. */
  goTo?: string;
  /** What it starts, where that is no backup. */
  label?: string;
}

/** Starts a run and opens it. A second click while the first is pending does nothing. */
export function RunNowButton({
  jobId,
  jobName,
  run,
  size = "md",
  variant = "default",
  goTo = "/runs/",
  label = "Run now",
}: Props) {
  const router = useRouter();
  const { run: act, pending } = useAction();
  const start = async () => {
    if (!(await mayLeave())) return;
    act(() => run({ id: jobId }), { leaves: true, onSuccess: ({ runId }) => router.push(goTo + runId) });
  };
  return (
    <Button
      size={size}
      variant={variant}
      pending={pending}
      onClick={start}
      aria-label={size === "sm" ? `Run ${jobName} now` : undefined}
      icon={<Play aria-hidden="true" className="size-3.5" />}
    >
      {label}
    </Button>
  );
}
