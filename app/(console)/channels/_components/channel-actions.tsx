"use client";

import { type ReactNode, useState } from "react";
import { type ChannelUsageSummary, isUsed } from "@/components/channel/channel-usage";
import { UsageLinks } from "@/components/channel/usage-links";
import { Button } from "@/components/ui/button";
import { DeleteButton } from "@/components/ui/delete-button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { deleteChannelAction } from "../actions";
import { ChannelSwitch } from "./channel-switch";
import { MoveDialog, type MoveTarget } from "./move-dialog";
import { useDuplicate } from "./use-duplicate";

interface Props {
  channel: { id: string; name: string; enabled: boolean; usedBy: ChannelUsageSummary };
  /** Channels that could take over what uses it. */
  targets: readonly MoveTarget[];
  /** Before what deletes it. */
  children?: ReactNode;
}

/** Enable, duplicate, replace and delete a channel, after showing what uses it. */
export function ChannelActions({ channel, targets, children }: Props) {
  const { id, name, usedBy } = channel;
  const { duplicate, pending } = useDuplicate(id);
  const [moves, setMoves] = useState(false);
  return (
    <>
      <span className="flex items-center gap-2 text-muted text-sm">
        <ChannelSwitch channel={channel} />
        Enabled
      </span>
      <Button variant="ghost" pending={pending} onClick={duplicate}>
        Duplicate
      </Button>
      <Button variant="ghost" onClick={() => setMoves(true)}>
        Move…
      </Button>
      <MoveDialog channel={channel} targets={targets} open={moves} onOpenChange={setMoves} />
      {children}
      {isUsed(usedBy) ? (
        <Dialog
          trigger={<Button variant="ghost">Delete…</Button>}
          title={`${name} is still in use`}
          size="sm"
          footer={
            <>
              <DialogClose>
                <Button>Close</Button>
              </DialogClose>
              <DialogClose>
                <Button variant="primary" onClick={() => setMoves(true)}>
                  Move to another channel…
                </Button>
              </DialogClose>
            </>
          }
        >
          <p className="mb-2 text-muted">
            Remove it from these first, or move them to another channel, so that no notification is lost:
          </p>
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
