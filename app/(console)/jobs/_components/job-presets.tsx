"use client";

import { pluralize } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import type { Condition } from "@/lib/core/job";
import { CONDITION_NAME } from "./condition-labels";
import { newRow, type RuleDraft } from "./job-draft";
import type { PickableChannel } from "./notifications-tab";

interface SetUp {
  name: string;
  condition: Condition;
  why: string;
}

const SET_UPS: readonly SetUp[] = [
  { name: "Critical production", condition: "always", why: "Silence would be a sign too: every result arrives." },
  { name: "Development", condition: "failure", why: "Only what needs a look; no noise on good days." },
  { name: "Compliance", condition: "always", why: "A record of every backup, good or bad." },
  { name: "Team awareness", condition: "failure", why: "The team hears of trouble and of its end, nothing else." },
];

interface Props {
  rows: readonly RuleDraft[];
  channels: readonly PickableChannel[];
  onChange: (rows: RuleDraft[]) => void;
}

/** Four ways in which people usually set up a job, each with its reason. */
export function JobPresets({ rows, channels, onChange }: Props) {
  if (channels.length === 0) return null;
  // What a monitor hears of is no matter of taste.
  const isMonitor = (id: string) => channels.some((channel) => channel.id === id && channel.purpose === "monitor");
  const people = rows.filter((row) => !isMonitor(row.channelId));
  const free = channels.filter(({ id, purpose }) => purpose !== "monitor" && rows.every((row) => row.channelId !== id));
  return (
    <Panel title="Usual set-ups" padded={false}>
      <ul>
        {SET_UPS.map((setUp) => (
          <li
            key={setUp.name}
            className="flex items-start justify-between gap-3 border-line border-b px-4 py-2.5 last:border-b-0"
          >
            <div className="min-w-0 text-sm">
              <p>
                <span className="font-medium">{setUp.name}</span>{" "}
                <span className="text-faint text-xs">{CONDITION_NAME[setUp.condition]}</span>
              </p>
              <p className="text-muted text-xs">{setUp.why}</p>
            </div>
            <Menu
              label={`Use ${setUp.name}`}
              trigger={
                <Button size="sm" aria-label={`Use ${setUp.name}`}>
                  Use
                </Button>
              }
              items={[
                ...(people.length > 0
                  ? [
                      {
                        label: `Set ${people.length === 1 ? "the row" : `all ${pluralize(people.length, "row")}`} to ${CONDITION_NAME[setUp.condition]}`,
                        onSelect: () =>
                          onChange(
                            rows.map((row) =>
                              isMonitor(row.channelId) ? row : { ...row, condition: setUp.condition },
                            ),
                          ),
                      },
                    ]
                  : []),
                ...free.map((channel) => ({
                  label: `Add ${channel.name}`,
                  hint: CONDITION_NAME[setUp.condition],
                  onSelect: () => onChange([...rows, newRow(channel.id, setUp.condition)]),
                })),
              ]}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
