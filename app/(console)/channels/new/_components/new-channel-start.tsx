"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { PickableProvider } from "@/components/channel/find-providers";
import { PasteField } from "@/components/channel/paste-field";
import { ProviderPicker } from "@/components/channel/provider-picker";
import { Panel } from "@/components/ui/panel";
import { recogniseChannelAction } from "../../actions";
import { usePasted } from "./pasted-channel";

/** Start of a new channel: paste a URL or choose a service. */
export function NewChannelStart({ providers }: { providers: readonly PickableProvider[] }) {
  const router = useRouter();
  const { setPasted } = usePasted();
  // Coming back starts over: an earlier paste must not fill in another form.
  useEffect(() => setPasted(null), [setPasted]);
  return (
    <>
      <Panel>
        <PasteField
          recognise={recogniseChannelAction}
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
