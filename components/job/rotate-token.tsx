"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  jobId: string;
  name: string;
  rotate: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Gives an external job new addresses. */
export function RotateToken({ jobId, name, rotate }: Props) {
  const router = useRouter();
  return (
    <div>
      <ConfirmDialog
        trigger={
          <Button size="sm" icon={<RefreshCw aria-hidden="true" className="size-3.5" />}>
            New addresses
          </Button>
        }
        title={`Give ${name} new addresses?`}
        confirmLabel="Make new addresses"
        danger
        onConfirm={() => rotate({ id: jobId })}
        onDone={() => {
          toast.success("The job has new addresses");
          router.refresh();
        }}
      >
        <p>
          Its present addresses are unknown from then on: every program that reports to them gets an error, and the job
          is late until it has been set up anew.
        </p>
      </ConfirmDialog>
    </div>
  );
}
