"use client";

import { Tabs } from "radix-ui";
import { ShapeMark } from "@/components/ui/badge";
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

/** The tabs of the job's form. A tab with an invalid field is marked. */
export function TabList({ tabs, errors, ruleCount }: Props) {
  return (
    <Tabs.List aria-label="Settings of the job" className="-mb-2 flex gap-5 overflow-x-auto border-line border-b">
      {tabs.map((tab) => {
        const wrong = Object.keys(errors).filter((path) => tabOfField(path) === tab).length;
        return (
          <Tabs.Trigger
            key={tab}
            value={tab}
            className="flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 text-muted text-sm outline-offset-[-2px] transition-colors hover:text-ink data-[state=active]:border-ink data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {NAME[tab]}
            {tab === "notifications" && ruleCount > 0 && <span className="num text-faint text-xs">{ruleCount}</span>}
            {wrong > 0 && (
              <span className="text-failure">
                <ShapeMark shape="square" />
                <span className="sr-only">has invalid fields</span>
              </span>
            )}
          </Tabs.Trigger>
        );
      })}
    </Tabs.List>
  );
}
