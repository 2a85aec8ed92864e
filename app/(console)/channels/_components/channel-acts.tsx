"use client";

import { useRouter } from "next/navigation";
import { type ChannelUsers, isUsed } from "@/components/channel/used-by";
import { UserLinks } from "@/components/channel/user-links";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { deleteChannel } from "../actions";
import { ChannelSwitch } from "./channel-switch";
import { useDuplicate } from "./use-duplicate";

interface Props {
  channel: { id: string; name: string; enabled: boolean; usedBy: ChannelUsers };
}

/** Switch, copy and delete a channel. Whom that silences is said first. */
export function ChannelActs({ channel }: Props) {
  const { id, name, enabled, usedBy } = channel;
  const router = useRouter();
  const { duplicate, pending } = useDuplicate(id);
  return (
    <>
      <span className="flex items-center gap-2 text-muted text-sm">
        <ChannelSwitch channel={channel} />
        {enabled ? "On" : "Off"}
      </span>
      <Button variant="ghost" pending={pending} onClick={duplicate}>
        Duplicate
      </Button>
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
