"use client";

import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { pluralize } from "@/lib/core/format-units";
import { endOtherSessionsAction, endSessionAction } from "../actions";

/** Signs the user out in one other place. */
export function EndSession({ id, device }: { id: string; device: string }) {
  const router = useRouter();
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Sign out ${device}`}>
          Sign out…
        </Button>
      }
      title={`Sign out ${device}?`}
      confirmLabel="Sign out"
      danger
      onConfirm={() => endSessionAction({ id })}
      onDone={() => router.refresh()}
    >
      That browser is signed out within a second, and its cookie is void. If you do not know it, change your password as
      well.
    </ConfirmDialog>
  );
}

/** Signs the user out everywhere but here. */
export function EndOtherSessions({ count }: { count: number }) {
  const router = useRouter();
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Sign out everywhere else…</Button>}
      title="Sign out everywhere else?"
      confirmLabel="Sign out everywhere else"
      danger
      onConfirm={async () => {
        const answer = await endOtherSessionsAction({});
        if (answer.ok) toast.success(`${pluralize(answer.value.ended, "session")} ended.`);
        return answer;
      }}
      onDone={() => router.refresh()}
    >
      {pluralize(count, "other session")} {count === 1 ? "ends" : "end"} within a second. You stay signed in here.
    </ConfirmDialog>
  );
}
