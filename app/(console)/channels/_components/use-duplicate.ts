"use client";

import { useRouter } from "next/navigation";
import { useAction } from "@/components/action/use-action";
import { toast } from "@/components/ui/toast";
import { duplicateChannelAction } from "../actions";

/** Duplicates a channel and opens the copy, which is disabled. */
export function useDuplicate(id: string): { duplicate: () => void; pending: boolean } {
  const router = useRouter();
  const { run, pending } = useAction();
  const duplicate = () =>
    run(() => duplicateChannelAction({ id }), {
      leaves: true,
      onSuccess: (copy) => {
        toast.success(`${copy.name} was created. It is disabled until you enable it.`);
        router.push(`/channels/${copy.id}`);
      },
    });
  return { duplicate, pending };
}
