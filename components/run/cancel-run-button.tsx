"use client";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { ActionResult } from "@/lib/core/action-error";
import type { RunKind } from "@/lib/core/run";

interface Props {
  run: { id: string; kind: RunKind; isQueued: boolean; isStopping: boolean };
  cancel: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

const EFFECT: Record<RunKind, string> = {
  backup: "The tool is stopped and what it has written so far is removed. Earlier backups stay.",
  restore: "The tool is stopped. A new file or database that was being written may be incomplete or missing.",
  restore_test: "The tool is stopped and the scratch place is removed. The backup stays as it is.",
  integrity_check: "Nothing that is stored is changed. The backups that were not read yet wait for the next check.",
  check: "Nothing of the repository is changed.",
  compact: "What has been freed so far stays freed. The archives stay.",
  prune: "Archives that were removed so far stay removed.",
  config_backup: "What has been written so far is removed. Earlier configuration backups stay.",
  sync: "What is half written is removed. Files that were stored stay, and the next run goes on from there.",
};

export function CancelRunButton({ run, cancel }: Props) {
  if (run.isStopping) return <Button disabled>Stopping…</Button>;
  return (
    <ConfirmDialog
      trigger={<Button variant="danger">Cancel run</Button>}
      title="Cancel this run?"
      confirmLabel="Cancel run"
      dismissLabel="Keep running"
      danger
      onConfirm={() => cancel({ id: run.id })}
    >
      {run.isQueued ? "It has not started; nothing is lost." : EFFECT[run.kind]} A canceled run counts as neither
      success nor failure, and no notifications are sent.
    </ConfirmDialog>
  );
}
