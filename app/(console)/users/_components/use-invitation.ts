import { useState } from "react";
import { useAction } from "@/components/action/use-action";
import { toast } from "@/components/ui/toast";
import { inviteUserAction } from "../actions";

/** Sends a new invitation; when that fails, `unsent` has the link to share. */
export function useInvitation(id: string) {
  const { run, pending } = useAction();
  const [unsent, setUnsent] = useState<{ reason: string; url: string } | null>(null);
  const send = () =>
    run(() => inviteUserAction({ id }), {
      onSuccess: ({ invitation }) => {
        setUnsent(invitation.status === "not_sent" ? invitation : null);
        if (invitation.status !== "not_sent") toast.success("Invitation sent. Earlier links no longer work.");
      },
    });
  return { pending, unsent, send };
}
