"use client";

import { Panel } from "@/components/ui/panel";
import { Switch } from "@/components/ui/switch";
import { SettingError } from "./setting-error";
import type { ChoicesState } from "./use-choices";

/** Whether notifications of problems have a link by which their reader acknowledges the alert without signing in. */
export function AcknowledgeLinksSwitch({ state }: { state: ChoicesState }) {
  return (
    <Panel title="Acknowledge from the message">
      <div className="flex items-start gap-3">
        <Switch
          label="Acknowledge from the message"
          checked={state.choices.acknowledgeLinks}
          onCheckedChange={(acknowledgeLinks) => state.save("acknowledgeLinks", { acknowledgeLinks })}
        />
        <p className="text-muted text-sm">
          Every notification of a problem has a link to a page with one button, which acknowledges the alert. It needs
          no sign-in, works for seven days and does nothing else. Anyone who can read the message can use it.
        </p>
      </div>
      <SettingError error={state.errors.acknowledgeLinks} />
    </Panel>
  );
}
