"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { breakLockAction, readLockAction } from "../actions";

/** Takes a lock away from the process that holds it, once it is known which one that is. */
export function BreakLock({ id, name }: { id: string; name: string }) {
  const router = useRouter();
  const [holder, setHolder] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [isReading, setReading] = useState(false);
  const ask = async () => {
    setReading(true);
    const answer = await answerOf(() => readLockAction({ id }));
    setReading(false);
    if (!answer.ok) {
      toast.error(answer.error.message);
      return;
    }
    const [first] = answer.value.holders;
    if (first === undefined) {
      toast.success(`Nobody is seen to hold a lock of ${name}`);
      return;
    }
    setHolder(first);
    setOpen(true);
  };
  return (
    <>
      <Button pending={isReading} onClick={() => void ask()}>
        Break lock…
      </Button>
      <ConfirmDialog
        danger
        open={isOpen}
        onOpenChange={setOpen}
        title={`Break the lock of ${name}?`}
        confirmLabel="Break lock"
        typeToConfirm={name}
        onConfirm={() => breakLockAction({ id, holder: holder ?? "" })}
        onDone={() => {
          toast.success(`The lock of ${name} was broken`);
          router.refresh();
        }}
      >
        <b>{holder}</b> holds it. Make sure there that this process has ended: when it still works on the repository,
        breaking the lock destroys archives.
      </ConfirmDialog>
    </>
  );
}
