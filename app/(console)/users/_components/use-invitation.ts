import { useState, useTransition } from "react";
import { toast } from "@/components/ui/toast";
import { inviteUserAction } from "../actions";

/** Sends a new invitation; when that fails, `unsent` has the link to share. */
export function useInvitation(id: string) {
  const [pending, start] = useTransition();
  const [unsent, setUnsent] = useState<{ reason: string; url: string } | null>(null);
  const send = () => {
    if (pending) return;
    start(async () => {
      const answer = await inviteUserAction({ id });
      if (!answer.ok) toast.error(answer.error.message);
      else if (answer.value.invitation.status === "not_sent") setUnsent(answer.value.invitation);
      else {
        setUnsent(null);
        toast.success("Invitation sent. Earlier links no longer work.");
      }
    });
  };
  return { pending, unsent, send };
}
