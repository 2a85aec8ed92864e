"use client";

import type { ReactNode } from "react";
import { type ChannelUsageSummary, isUsed } from "@/components/channel/channel-usage";
import { UsageLinks } from "@/components/channel/usage-links";
import { Button } from "@/components/ui/button";
import { DeleteButton } from "@/components/ui/delete-button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { deleteChannelAction } from "../actions";
import { ChannelSwitch } from "./channel-switch";
import { useDuplicate } from "./use-duplicate";

interface Props {
  channel: { id: string; name: string; enabled: boolean; usedBy: ChannelUsageSummary };
  /** Before what deletes it. */
  children?: ReactNode;
}

/** Enable, duplicate and delete a channel, after showing what uses it. */
export function ChannelActions({ channel, children }: Props) {
  const { id, name, usedBy } = channel;
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
      {children}
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
          <UsageLinks channelId={id} usedBy={usedBy} />
        </Dialog>
      ) : (
        <DeleteButton noun="channel" name={name} remove={() => deleteChannelAction({ id })} goTo="/channels">
          No job and no system event uses this channel. Its stored secrets are deleted permanently; its deliveries stay
          in the delivery log.
        </DeleteButton>
      )}
    </>
  );
}
