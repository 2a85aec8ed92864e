"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { PickableProvider } from "@/components/channel/find-providers";
import { PasteField } from "@/components/channel/paste-field";
import { ProviderPicker } from "@/components/channel/provider-picker";
import { Panel } from "@/components/ui/panel";
import { recogniseChannel } from "../../actions";
import { usePasted } from "./pasted";

/** Where a new channel begins: with what a service gave out, or with the service's name. */
export function NewChannelStart({ providers }: { providers: readonly PickableProvider[] }) {
  const router = useRouter();
  const { setPasted } = usePasted();
  // Whoever comes back begins anew: nothing of an earlier paste may stand in another form.
  useEffect(() => setPasted(null), [setPasted]);
  return (
    <>
      <Panel>
        <PasteField
          recognise={recogniseChannel}
          onRecognised={(found) => {
            setPasted(found);
            router.push(`/channels/new?provider=${found.provider}`);
            return undefined;
          }}
        />
      </Panel>
      <ProviderPicker providers={providers} hrefPrefix="/channels/new?provider=" />
    </>
  );
}
