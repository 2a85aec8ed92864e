"use client";

import type { ReportsView } from "@/lib/services/reports/view";
import { ReportsPanel } from "../../_components/reports-panel";
import { updateChannelAction } from "../actions";

export interface ReportedChannel {
  id: string;
  reports: ReportsView | null;
  isMonitor: boolean;
}

/** The reports of a stored channel. */
export function ChannelReports({ channel: { id, reports, isMonitor } }: { channel: ReportedChannel }) {
  return (
    <ReportsPanel
      channelId={id}
      reports={reports}
      about={
        isMonitor
          ? "Proof of life: each report pings the monitor with a success, whatever it says, so that the monitor notices when Belfry does not run."
          : "What ran, what failed, what never ran, what is open, and what is silenced or paused."
      }
      save={(settings) => updateChannelAction({ id, reports: settings })}
    />
  );
}
