"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { type ChannelUsers, isUsed } from "@/components/channel/used-by";
import { UserLinks } from "@/components/channel/user-links";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";
import { deleteChannel, updateChannel } from "../actions";

interface Props {
  channel: { id: string; name: string; enabled: boolean; usedBy: ChannelUsers };
}

/** Switch and delete a channel. Whom that silences is said first. */
export function ChannelActs({ channel: { id, name, enabled, usedBy } }: Props) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const [isAsking, setAsking] = useState(false);
  const enable = () =>
    start(async () => {
      const answer = await updateChannel({ id, enabled: true });
      if (!answer.ok) toast.error(answer.error.message);
      router.refresh();
    });
  return (
    <>
      <span className="flex items-center gap-2 text-muted text-sm">
        <Switch
          label="Channel is on"
          checked={enabled}
          disabled={pending}
          onCheckedChange={(checked) => (checked ? enable() : setAsking(true))}
        />
        {enabled ? "On" : "Off"}
      </span>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Switch off ${name}?`}
        confirmLabel="Switch off"
        onConfirm={() => updateChannel({ id, enabled: false })}
        onDone={() => router.refresh()}
      >
        <p>
          Nothing is sent through it until you switch it on again. What waits for it now is canceled and not sent later.
        </p>
        {isUsed(usedBy) && (
          <div className="mt-3">
            <p>It is used by:</p>
            <UserLinks usedBy={usedBy} />
          </div>
        )}
      </ConfirmDialog>
      {isUsed(usedBy) ? (
        <Dialog
          trigger={<Button variant="ghost">Delete…</Button>}
          title={`${name} is still in use`}
          size="sm"
          footer={
            <DialogClose>
              <Button>Close</Button>
            </DialogClose>
          }
        >
          <p className="mb-2 text-muted">Take it out here first, so that nobody falls silent unnoticed:</p>
          <UserLinks usedBy={usedBy} />
        </Dialog>
      ) : (
        <ConfirmDialog
          trigger={<Button variant="ghost">Delete…</Button>}
          title={`Delete ${name}?`}
          confirmLabel="Delete channel"
          danger
          onConfirm={() => deleteChannel({ id })}
          onDone={() => {
            toast.success(`${name} was deleted.`);
            router.push("/channels");
          }}
        >
          No job and no system event uses this one channel. Its stored secrets are removed for good; what it delivered
          stays in the delivery log under its name.
        </ConfirmDialog>
      )}
    </>
  );
}
