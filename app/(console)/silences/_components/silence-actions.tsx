"use client";

import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { DeleteButton } from "@/components/ui/delete-button";
import { LinkButton } from "@/components/ui/link-button";
import { toast } from "@/components/ui/toast";
import { deleteSilenceAction, updateSilenceAction } from "../actions";

interface Props {
  silence: { id: string; reason: string; state: "on" | "scheduled" | "ended"; held: number; isRecurring: boolean };
  /** On the silence's own page, which changes it already. */
  onPage?: boolean;
}

/** Ends, changes or deletes a silence. */
export function SilenceActions({ silence: { id, reason, state, held, isRecurring }, onPage = false }: Props) {
  const router = useRouter();
  const sends = held > 0 ? ` What it holds is sent: ${held}.` : "";
  return (
    <span className="inline-flex flex-wrap justify-end gap-2">
      {state !== "ended" && !onPage && (
        <LinkButton size="sm" href={`/silences/${id}`}>
          Edit
        </LinkButton>
      )}
      {state === "on" && !isRecurring && (
        <ConfirmDialog
          trigger={<Button size="sm">End now</Button>}
          title="End this silence now?"
          confirmLabel="End now"
          onConfirm={() => updateSilenceAction({ id, endsAt: new Date().toISOString() })}
          onDone={() => {
            toast.success("Ended.");
            router.refresh();
          }}
        >
          <p>
            <b>{reason}</b>
          </p>
          <p className="mt-2">Notifications are sent again.{sends}</p>
        </ConfirmDialog>
      )}
      <DeleteButton
        inList
        noun="silence"
        name={reason}
        remove={() => deleteSilenceAction({ id })}
        goTo={onPage ? "/silences" : undefined}
      >
        It is gone from the list; the audit log keeps who created and deleted it.{sends}
      </DeleteButton>
    </span>
  );
}
