"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

/** What can be done with a backup beside restoring it. */
export interface ArtifactActions {
  testRestore(input: { id: string }): Promise<ActionResult<{ runId: string }>>;
  accept(input: { id: string }): Promise<ActionResult<unknown>>;
}

interface Props {
  artifact: { id: string; jobName: string; suspicion: string | null; acceptedAt: string | null };
  actions: ArtifactActions;
}

export function ArtifactMenu({ artifact, actions }: Props) {
  const router = useRouter();
  const [asked, setAsked] = useState<"test" | "accept" | null>(null);
  const isSuspect = artifact.suspicion !== null && artifact.acceptedAt === null;
  const close = (isOpen: boolean) => {
    if (!isOpen) setAsked(null);
  };
  return (
    <>
      <Menu
        label={`More for this backup of ${artifact.jobName}`}
        items={[
          { label: "Test restore", onSelect: () => setAsked("test") },
          ...(isSuspect ? [{ label: "Accept its size", onSelect: () => setAsked("accept") }] : []),
        ]}
      />
      <ConfirmDialog
        open={asked === "test"}
        onOpenChange={close}
        title="Test this backup?"
        confirmLabel="Test restore"
        onConfirm={async () => {
          const answer = await actions.testRestore({ id: artifact.id });
          if (answer.ok) router.push(`/runs/${answer.value.runId}`);
          return answer;
        }}
      >
        <p>
          It is restored into a scratch place, what came back is counted and compared, and the place is removed again.
          Nothing that exists is touched.
        </p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asked === "accept"}
        onOpenChange={close}
        title="Is its size right?"
        confirmLabel="Accept its size"
        onConfirm={() => actions.accept({ id: artifact.id })}
        onDone={() => {
          toast.success("The size was accepted");
          router.refresh();
        }}
      >
        <p>{artifact.suspicion}</p>
        <p className="mt-2">
          Once accepted it counts among the backups to keep, so older ones can be deleted, and the next backups are
          compared with it.
        </p>
      </ConfirmDialog>
    </>
  );
}
