"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { pluralize } from "@/components/format";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  job: { id: string; name: string; rows: number };
  /** How many backups it has made that are kept, in words. */
  backups: string;
  remove: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** What else can be done with a job. */
export function JobMenu({ job, backups, remove }: Props) {
  const router = useRouter();
  const [asks, setAsks] = useState(false);
  return (
    <>
      <Menu
        label="More"
        items={[
          { label: "All runs", href: `/runs?jobId=${job.id}` },
          { label: "Restore", href: `/restore?jobId=${job.id}` },
          "separator",
          { label: "Delete", danger: true, onSelect: () => setAsks(true) },
        ]}
      />
      <ConfirmDialog
        open={asks}
        onOpenChange={setAsks}
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
          Its schedule and {job.rows === 0 ? "its settings" : `its ${pluralize(job.rows, "notification row")}`} are gone
          for good. Open problems of it are closed without a message, and messages about it that wait are canceled.
        </p>
        <p className="mt-2">
          Its <b>{backups}</b>, its runs and what was told about them stay.
        </p>
      </ConfirmDialog>
    </>
  );
}
