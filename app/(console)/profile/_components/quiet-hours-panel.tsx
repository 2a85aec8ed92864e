"use client";

import { QuietHoursControl } from "@/components/quiet-hours/quiet-hours-control";
import { Panel } from "@/components/ui/panel";
import type { QuietHours } from "@/lib/core/quiet-hours";
import { updateProfileAction } from "../actions";

/** The quiet hours of the signed-in user: for mail to them, whichever channel sends it. */
export function QuietHoursPanel({ quietHours, timezone }: { quietHours: QuietHours | null; timezone: string }) {
  return (
    <Panel title="Quiet hours">
      <QuietHoursControl
        quietHours={quietHours}
        timezone={timezone}
        save={(next) => updateProfileAction({ quietHours: next })}
      />
    </Panel>
  );
}
