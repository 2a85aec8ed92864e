"use client";

import { type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import type { ChannelOption } from "@/lib/services/channels/options";

interface Props {
  title: string;
  channels: readonly ChannelOption[];
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
  trigger: ReactElement;
}

/** Channels of an event's own, ticked in a list. It starts with where the event goes now. */
export function ChooseChannels({ title, channels, chosen, onChoose, trigger }: Props) {
  const [open, setOpen] = useState(false);
  const [ticked, setTicked] = useState<readonly string[]>(chosen);
  const change = (next: boolean) => {
    if (next) setTicked(chosen);
    setOpen(next);
  };
  return (
    <Dialog
      trigger={trigger}
      open={open}
      onOpenChange={change}
      title={title}
      description="Used in place of the global channels, for this event only."
      size="sm"
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button
            variant="primary"
            onClick={() => {
              onChoose([...ticked]);
              setOpen(false);
            }}
          >
            Use these channels
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-2">
        {channels.map(({ id, name, providerLabel, enabled, purpose }) => (
          <Checkbox
            key={id}
            checked={ticked.includes(id)}
            disabled={purpose === "monitor"}
            onChange={(event) => setTicked(event.target.checked ? [...ticked, id] : ticked.filter((one) => one !== id))}
            label={name}
            description={
              purpose === "monitor"
                ? `${providerLabel}: watches single jobs, so it stands on jobs only`
                : `${providerLabel}${enabled ? "" : ", switched off"}`
            }
          />
        ))}
        {ticked.length === 0 && (
          <p className="text-muted">With none, only channels that subscribed to this event are told.</p>
        )}
      </div>
    </Dialog>
  );
}
