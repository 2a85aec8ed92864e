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

/** Selects the custom channels of an event, starting with its current channels. */
export function ChooseChannels({ title, channels, chosen, onChoose, trigger }: Props) {
  const [open, setOpen] = useState(false);
  const [selected, setSelected] = useState<readonly string[]>(chosen);
  const change = (next: boolean) => {
    if (next) setSelected(chosen);
    setOpen(next);
  };
  return (
    <Dialog
      trigger={trigger}
      open={open}
      onOpenChange={change}
      title={title}
      description="Used instead of the global channels, for this event only."
      size="sm"
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button
            variant="primary"
            onClick={() => {
              onChoose([...selected]);
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
            checked={selected.includes(id)}
            disabled={purpose === "monitor"}
            onChange={(event) =>
              setSelected(event.target.checked ? [...selected, id] : selected.filter((one) => one !== id))
            }
            label={name}
            description={
              purpose === "monitor"
                ? `${providerLabel}: monitors jobs only`
                : `${providerLabel}${enabled ? "" : ", disabled"}`
            }
          />
        ))}
        {selected.length === 0 && (
          <p className="text-muted">With none selected, only channels subscribed to this event are notified.</p>
        )}
      </div>
    </Dialog>
  );
}
