"use client";

import { Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Menu } from "@/components/ui/menu";
import type { ChannelOption } from "@/lib/services/channels/options";

interface Props {
  /** Of the menu, for screen readers. */
  menuLabel: string;
  /** Of the button that opens it, where another one says the same. */
  addLabel?: string;
  ids: readonly string[];
  channels: readonly ChannelOption[];
  set: (ids: string[]) => void;
}

/** The chosen channels, each with a button that removes it, and a menu of those that may be added. */
export function ChannelChips({ menuLabel, addLabel, ids, channels, set }: Props) {
  const chosen = channels.filter(({ id }) => ids.includes(id));
  const others = channels.filter(({ id, purpose }) => !ids.includes(id) && purpose === "message");
  return (
    <div className="flex flex-wrap items-center gap-2 empty:hidden">
      {chosen.map(({ id, name, providerLabel, enabled }) => (
        <Chip
          key={id}
          note={enabled ? providerLabel : "disabled"}
          onRemove={() => set(ids.filter((one) => one !== id))}
          removeLabel={`Remove ${name}`}
        >
          {name}
        </Chip>
      ))}
      {others.length > 0 && (
        <Menu
          label={menuLabel}
          align="start"
          trigger={
            <Button
              variant={chosen.length === 0 ? "default" : "ghost"}
              size="sm"
              aria-label={addLabel}
              icon={<Plus aria-hidden="true" className="size-3.5" />}
            >
              Add channel
            </Button>
          }
          items={others.map(({ id, name, providerLabel }) => ({
            label: name,
            hint: providerLabel,
            onSelect: () => set([...ids, id]),
          }))}
        />
      )}
    </div>
  );
}
