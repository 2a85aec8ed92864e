"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { toast } from "@/components/ui/toast";
import { duplicateChannelAction } from "../actions";

/** Duplicates a channel and opens the copy, which is disabled. */
export function useDuplicate(id: string): { duplicate: () => void; pending: boolean } {
  const router = useRouter();
  const [pending, start] = useTransition();
  const duplicate = () =>
    start(async () => {
      const answer = await duplicateChannelAction({ id });
      if (!answer.ok) return toast.error(answer.error.message);
      toast.success(`${answer.value.name} was created. It is disabled until you enable it.`);
      router.push(`/channels/${answer.value.id}`);
    });
  return { duplicate, pending };
}
