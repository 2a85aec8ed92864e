"use client";

import { useRouter } from "next/navigation";
import { type ChannelUsageSummary, isUsed } from "@/components/channel/channel-usage";
import { UsageLinks } from "@/components/channel/usage-links";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { deleteChannelAction } from "../actions";
import { ChannelSwitch } from "./channel-switch";
import { useDuplicate } from "./use-duplicate";

interface Props {
  channel: { id: string; name: string; enabled: boolean; usedBy: ChannelUsageSummary };
}

/** Enable, duplicate and delete a channel, after showing what uses it. */
export function ChannelActions({ channel }: Props) {
  const { id, name, usedBy } = channel;
  const router = useRouter();
  const { duplicate, pending } = useDuplicate(id);
  return (
    <>
      <span className="flex items-center gap-2 text-muted text-sm">
        <ChannelSwitch channel={channel} />
        Enabled
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
          <p className="mb-2 text-muted">Remove it from these first, so that no notification is lost:</p>
          <UsageLinks usedBy={usedBy} />
        </Dialog>
      ) : (
        <ConfirmDialog
          trigger={<Button variant="ghost">Delete…</Button>}
          title={`Delete ${name}?`}
          confirmLabel="Delete channel"
          danger
          onConfirm={() => deleteChannelAction({ id })}
          onDone={() => {
            toast.success(`${name} was deleted.`);
            router.push("/channels");
          }}
        >
          No job and no system event uses this channel. Its stored secrets are deleted permanently; its deliveries stay
          in the delivery log.
        </ConfirmDialog>
      )}
    </>
  );
}
