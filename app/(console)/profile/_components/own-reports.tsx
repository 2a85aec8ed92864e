"use client";

import type { ReportsView } from "@/lib/services/reports/view";
import { ReportsPanel } from "../../_components/reports-panel";
import { updateProfileAction } from "../actions";

interface Props {
  reports: ReportsView | null;
  problem: string | null;
}

/** Reports by mail to the signed-in user. */
export function OwnReports({ reports, problem }: Props) {
  return (
    <ReportsPanel
      reports={reports}
      problem={problem}
      about="By mail to you, in your time zone: what ran, what failed, what never ran, what is open, and what is silenced or paused."
      save={(settings) => updateProfileAction({ reports: settings })}
    />
  );
}
