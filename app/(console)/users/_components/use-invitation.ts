import { useState, useTransition } from "react";
import { toast } from "@/components/ui/toast";
import { inviteUser } from "../actions";

/** Sends a new invitation; when it cannot be mailed, `unsent` has the link to pass on. */
export function useInvitation(id: string) {
  const [pending, start] = useTransition();
  const [unsent, setUnsent] = useState<{ reason: string; url: string } | null>(null);
  const send = () => {
    if (pending) return;
    start(async () => {
      const answer = await inviteUser({ id });
      if (!answer.ok) toast.error(answer.error.message);
      else if (answer.value.invitation.status === "not_sent") setUnsent(answer.value.invitation);
      else {
        setUnsent(null);
        toast.success("A new invitation was mailed. Earlier links are void.");
      }
    });
  };
  return { pending, unsent, send };
}
