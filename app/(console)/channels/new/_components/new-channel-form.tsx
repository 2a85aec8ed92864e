"use client";

import type { ReactNode } from "react";
import { Note } from "@/components/ui/note";
import type { EventTypeView } from "@/lib/services/events/types";
import type { ProviderView } from "@/lib/services/providers/list";
import { ChannelForm } from "../../_components/channel-form";
import type { ChannelTab } from "../../_components/channel-tabs";
import { usePasted } from "./pasted-channel";

interface Props {
  provider: ProviderView;
  types: EventTypeView[];
  tab: ChannelTab;
  guide: ReactNode;
}

/** The form of a new channel, filled in from pasted text if there is any. */
export function NewChannelForm({ provider, types, tab, guide }: Props) {
  const { pasted } = usePasted();
  const found = pasted?.provider === provider.id ? pasted : null;
  return (
    <>
      {found && (
        <Note tone="info" title="Filled in from the pasted text">
          {found.note ?? "Review, test and save."}
        </Note>
      )}
      <ChannelForm
        provider={provider}
        types={types}
        tab={tab}
        guide={guide}
        initial={found ? { name: found.name ?? "", config: found.config } : undefined}
      />
    </>
  );
}
