"use client";

import { Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  jobId: string;
  jobName: string;
  run: (input: { id: string }) => Promise<ActionResult<{ runId: string }>>;
  size?: "sm" | "md";
  variant?: "primary" | "default";
  /** Prefix of the address to open; the run's id is appended. */
  goTo?: string;
}

/** Starts a run and opens it. A second click while the first is pending does nothing. */
export function RunNowButton({ jobId, jobName, run, size = "md", variant = "default", goTo = "/runs/" }: Props) {
  const router = useRouter();
  const [pending, setPending] = useState(false);
  const busy = useRef(false);
  const start = async () => {
    if (busy.current) return;
    busy.current = true;
    setPending(true);
    const answer = await run({ id: jobId });
    if (answer.ok) router.push(goTo + answer.value.runId);
    else {
      toast.error(answer.error.message);
      busy.current = false;
      setPending(false);
    }
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
      Run now
    </Button>
  );
}
