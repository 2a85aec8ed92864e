"use client";

import { useRouter } from "next/navigation";
import { RunNowButton } from "@/components/job/run-now-button";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { DeleteButton } from "@/components/ui/delete-button";
import { deleteSyncAction, runSyncAction } from "../actions";

interface Props {
  sync: { id: string; name: string };
  isAdmin: boolean;
}

/** What can be done with a sync. */
export function SyncActions({ sync: { id, name }, isAdmin }: Props) {
  return (
    <>
      {isAdmin && (
        <DeleteButton noun="sync" name={name} remove={() => deleteSyncAction({ id })} goTo="/syncs">
          What it has stored stays at its destination. Its runs stay in the list of runs.
        </DeleteButton>
      )}
      <RunNowButton jobId={id} jobName={name} run={runSyncAction} variant="primary" />
    </>
  );
}

/** Runs a sync that may delete most of its files. */
export function DeleteThemButton({ sync: { id, name }, missing }: { sync: Props["sync"]; missing: string }) {
  const router = useRouter();
  return (
    <ConfirmDialog
      danger
      trigger={<Button>Delete them…</Button>}
      title={`Delete ${missing} of ${name} at the destination?`}
      confirmLabel="Run and delete"
      onConfirm={() => runSyncAction({ id, deleteMany: true })}
      onDone={() => router.refresh()}
    >
      The sync runs now and deletes what is in its folder no more, also when that is most of its files. They cannot be
      brought back.
    </ConfirmDialog>
  );
}
