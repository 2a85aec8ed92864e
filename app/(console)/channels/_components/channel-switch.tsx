"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction, useUndoToast } from "@/components/action/use-action";
import { type ChannelUsageSummary, isUsed } from "@/components/channel/channel-usage";
import { UsageLinks } from "@/components/channel/usage-links";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Switch } from "@/components/ui/switch";
import { updateChannelAction } from "../actions";

interface Props {
  channel: { id: string; name: string; enabled: boolean; usedBy: ChannelUsageSummary };
}

/** Enables or disables a channel, and offers to take it back; asks before it disables one that is used, and shows by what. */
export function ChannelSwitch({ channel: { id, name, enabled, usedBy } }: Props) {
  const router = useRouter();
  const { run, pending } = useAction();
  const offerUndo = useUndoToast();
  const [isAsking, setAsking] = useState(false);
  const send = (isEnabled: boolean) => updateChannelAction({ id, enabled: isEnabled });
  const refresh = () => router.refresh();
  const disabled = `${name} was disabled. Deliveries that waited were canceled; Recover sends them again.`;
  const change = (isEnabled: boolean) => {
    if (!isEnabled && isUsed(usedBy)) return setAsking(true);
    run(() => send(isEnabled), {
      success: isEnabled ? `${name} was enabled.` : disabled,
      undo: () => send(!isEnabled),
      onSettled: refresh,
    });
  };
  return (
    <>
      <Switch label={`${name} enabled`} checked={enabled} disabled={pending} onCheckedChange={change} />
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Disable ${name}?`}
        confirmLabel="Disable"
        onConfirm={() => send(false)}
        onDone={() => {
          refresh();
          offerUndo(disabled, () => send(true), refresh);
        }}
      >
        <p>
          Nothing is sent through this channel until you enable it again. Queued deliveries are canceled and not sent
          later.
        </p>
        <div className="mt-3">
          <p>Used by:</p>
          <UsageLinks channelId={id} usedBy={usedBy} />
        </div>
      </ConfirmDialog>
    </>
  );
}
