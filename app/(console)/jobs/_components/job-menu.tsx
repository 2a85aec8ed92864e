"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { pluralize } from "@/components/format";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  job: { id: string; name: string; rules: number };
  /** How many backups of it are stored, in words. */
  backups: string;
  remove: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Further actions on a job. */
export function JobMenu({ job, backups, remove }: Props) {
  const router = useRouter();
  const [isConfirming, setConfirming] = useState(false);
  return (
    <>
      <Menu
        label="More"
        items={[
          { label: "All runs", href: `/runs?jobId=${job.id}` },
          { label: "Restore", href: `/restore?jobId=${job.id}` },
          "separator",
          { label: "Delete", danger: true, onSelect: () => setConfirming(true) },
        ]}
      />
      <ConfirmDialog
        open={isConfirming}
        onOpenChange={setConfirming}
        title={`Delete ${job.name}?`}
        confirmLabel="Delete job"
        danger
        onConfirm={() => remove({ id: job.id })}
        onDone={() => {
          toast.success(`${job.name} was deleted`);
          router.push("/jobs");
        }}
      >
        <p>
          Its schedule and {job.rules === 0 ? "its settings" : `its ${pluralize(job.rules, "notification rule")}`} are
          deleted permanently. Its open alerts are closed without a message, and pending messages about it are canceled.
        </p>
        <p className="mt-2">
          Its <b>{backups}</b>, its runs and their notifications are kept.
        </p>
      </ConfirmDialog>
    </>
  );
}
