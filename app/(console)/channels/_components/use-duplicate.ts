"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { toast } from "@/components/ui/toast";
import { duplicateChannel } from "../actions";

/** Copies a channel and opens the copy, which is switched off. */
export function useDuplicate(id: string): { duplicate: () => void; pending: boolean } {
  const router = useRouter();
  const [pending, start] = useTransition();
  const duplicate = () =>
    start(async () => {
      const answer = await duplicateChannel({ id });
      if (!answer.ok) return toast.error(answer.error.message);
      toast.success(`${answer.value.name} was made. It is off until you switch it on.`);
      router.push(`/channels/${answer.value.id}`);
    });
  return { duplicate, pending };
}
