"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/action/use-action";
import { type ChannelUsageSummary, isUsed } from "@/components/channel/channel-usage";
import { UsageLinks } from "@/components/channel/usage-links";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Switch } from "@/components/ui/switch";
import { updateChannelAction } from "../actions";

interface Props {
  channel: { id: string; name: string; enabled: boolean; usedBy: ChannelUsageSummary };
}

/** Enables a channel at once; asks before disabling it and shows what uses it. */
export function ChannelSwitch({ channel: { id, name, enabled, usedBy } }: Props) {
  const router = useRouter();
  const { run, pending } = useAction();
  const [isAsking, setAsking] = useState(false);
  const enable = () =>
    run(() => updateChannelAction({ id, enabled: true }), {
      success: `${name} was enabled.`,
      onSettled: () => router.refresh(),
    });
  return (
    <>
      <Switch
        label={`${name} enabled`}
        checked={enabled}
        disabled={pending}
        onCheckedChange={(checked) => (checked ? enable() : setAsking(true))}
      />
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Disable ${name}?`}
        confirmLabel="Disable"
        onConfirm={() => updateChannelAction({ id, enabled: false })}
        onDone={() => router.refresh()}
      >
        <p>
          Nothing is sent through this channel until you enable it again. Queued deliveries are canceled and not sent
          later.
        </p>
        {isUsed(usedBy) && (
          <div className="mt-3">
            <p>Used by:</p>
            <UsageLinks channelId={id} usedBy={usedBy} />
          </div>
        )}
      </ConfirmDialog>
    </>
  );
}
