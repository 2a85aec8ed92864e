"use client";

import { DeliveryRulesFields } from "@/components/channel/delivery-rules/delivery-rules-fields";
import { MuteControl } from "@/components/channel/delivery-rules/mute-control";
import { QuietHoursControl } from "@/components/quiet-hours/quiet-hours-control";
import { FieldStack } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { useTimezone } from "@/components/ui/timezone";
import { updateChannelAction } from "../actions";
import type { ChannelFormInput, ChannelFormState } from "./use-channel-form";

interface Props extends Pick<ChannelFormInput, "provider" | "channel"> {
  state: ChannelFormState;
}

/** When a channel sends: mute and quiet hours, which take effect at once, and what is saved with the form. */
export function DeliveryRulesPanel({ provider, channel, state: { rules, setRules, errors } }: Props) {
  const timezone = useTimezone();
  return (
    <Panel title="Delivery rules">
      <FieldStack>
        {channel && (
          <section aria-labelledby="mute-heading" className="flex flex-col gap-1.5">
            <h3 id="mute-heading" className="font-medium text-sm">
              Mute
            </h3>
            <MuteControl channelId={channel.id} mutedUntil={channel.mutedUntil} mute={updateChannelAction} />
          </section>
        )}
        {channel && provider.purpose === "message" && (
          <section aria-labelledby="quiet-hours-heading" className="flex flex-col gap-1.5">
            <h3 id="quiet-hours-heading" className="font-medium text-sm">
              Quiet hours
            </h3>
            <QuietHoursControl
              quietHours={channel.quietHours}
              timezone={timezone}
              save={(quietHours) => updateChannelAction({ id: channel.id, quietHours })}
            />
          </section>
        )}
        <DeliveryRulesFields
          draft={rules}
          onChange={setRules}
          errors={errors}
          hasMinSeverity={provider.purpose === "message"}
        />
      </FieldStack>
    </Panel>
  );
}
