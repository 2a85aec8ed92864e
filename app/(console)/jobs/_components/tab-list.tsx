"use client";

import { TabBar } from "@/components/ui/tab-bar";
import { type JobTab, tabOfField } from "./job-draft";

const NAME: Record<JobTab, string> = {
  reporting: "Reporting",
  general: "General",
  schedule: "Schedule",
  retention: "Retention",
  notifications: "Notifications",
  advanced: "Advanced",
};

interface Props {
  tabs: readonly JobTab[];
  errors: Record<string, string>;
  ruleCount: number;
}

/** The tabs of the job's form. */
export function TabList({ tabs, errors, ruleCount }: Props) {
  const invalid = new Set(Object.keys(errors).map(tabOfField));
  return (
    <TabBar
      label="Settings of the job"
      tabs={tabs.map((id) => ({
        id,
        label: NAME[id],
        count: id === "notifications" ? ruleCount : 0,
        hasInvalid: invalid.has(id),
      }))}
    />
  );
}
