"use client";

import { type ReactNode, useState } from "react";
import { type ChannelUsageSummary, isUsed } from "@/components/channel/channel-usage";
import { UsageLinks } from "@/components/channel/usage-links";
import { Button } from "@/components/ui/button";
import { DeleteButton } from "@/components/ui/delete-button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { useLoaded } from "@/components/ui/use-loaded";
import { deleteChannelAction } from "../actions";
import { ChannelSwitch } from "./channel-switch";
import type { MoveTarget } from "./move-dialog";
import { useDuplicate } from "./use-duplicate";

interface Props {
  channel: { id: string; name: string; enabled: boolean; usedBy: ChannelUsageSummary };
  /** Channels that could take over what uses it. */
  targets: readonly MoveTarget[];
  /** Before what deletes it. */
  children?: ReactNode;
}

const loadMove = () => import("./move-dialog").then(({ MoveDialog }) => MoveDialog);

/** Enable, duplicate, replace and delete a channel, after showing what uses it. */
export function ChannelActions({ channel, targets, children }: Props) {
  const { id, name, usedBy } = channel;
  const { duplicate, pending } = useDuplicate(id);
  const [moves, setMoves] = useState(false);
  const [Move, ask] = useLoaded(loadMove);
  const move = () => {
    ask();
    setMoves(true);
  };
  return (
    <>
      <span className="flex items-center gap-2 text-muted text-sm">
        <ChannelSwitch channel={channel} />
        Enabled
      </span>
      <Button variant="ghost" pending={pending} onClick={duplicate}>
        Duplicate
      </Button>
      <Button variant="ghost" onClick={move}>
        Move…
      </Button>
      {Move && <Move channel={channel} targets={targets} open={moves} onOpenChange={setMoves} />}
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
                <Button variant="primary" onClick={move}>
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
