"use client";

import { Tabs } from "radix-ui";
import { ShapeMark } from "@/components/ui/badge";
import { JOB_TABS, type JobTab, tabOfField } from "./job-draft";

const NAME: Record<JobTab, string> = {
  general: "General",
  schedule: "Schedule",
  retention: "Retention",
  notifications: "Notifications",
  advanced: "Advanced",
};

/** The tabs of the job's form. One that holds a problem says so, wherever one looks. */
export function TabList({ errors, rowCount }: { errors: Record<string, string>; rowCount: number }) {
  return (
    <Tabs.List aria-label="Settings of the job" className="-mb-2 flex gap-5 overflow-x-auto border-line border-b">
      {JOB_TABS.map((tab) => {
        const wrong = Object.keys(errors).filter((path) => tabOfField(path) === tab).length;
        return (
          <Tabs.Trigger
            key={tab}
            value={tab}
            className="flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 text-muted text-sm outline-offset-[-2px] transition-colors hover:text-ink data-[state=active]:border-ink data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {NAME[tab]}
            {tab === "notifications" && rowCount > 0 && <span className="num text-faint text-xs">{rowCount}</span>}
            {wrong > 0 && (
              <span className="text-failure">
                <ShapeMark shape="square" />
                <span className="sr-only">needs another look</span>
              </span>
            )}
          </Tabs.Trigger>
        );
      })}
    </Tabs.List>
  );
}
