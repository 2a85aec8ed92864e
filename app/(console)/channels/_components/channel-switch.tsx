"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { type ChannelUsers, isUsed } from "@/components/channel/used-by";
import { UserLinks } from "@/components/channel/user-links";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";
import { updateChannel } from "../actions";

interface Props {
  channel: { id: string; name: string; enabled: boolean; usedBy: ChannelUsers };
}

/** Switches a channel on at once; before it is switched off, whom that silences is said. */
export function ChannelSwitch({ channel: { id, name, enabled, usedBy } }: Props) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const [isAsking, setAsking] = useState(false);
  const enable = () =>
    start(async () => {
      const answer = await updateChannel({ id, enabled: true });
      if (answer.ok) toast.success(`${name} is on.`);
      else toast.error(answer.error.message);
      router.refresh();
    });
  return (
    <>
      <Switch
        label={`${name} is on`}
        checked={enabled}
        disabled={pending}
        onCheckedChange={(checked) => (checked ? enable() : setAsking(true))}
      />
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
    </>
  );
}
