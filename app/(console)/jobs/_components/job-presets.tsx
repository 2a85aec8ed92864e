"use client";

import { pluralize } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import type { Condition } from "@/lib/core/job";
import { CONDITION_NAME } from "./condition-labels";
import type { PickableChannel } from "./pickable";
import { newRule, type RuleDraft } from "./rule-draft";

interface Preset {
  name: string;
  condition: Condition;
  why: string;
}

const PRESETS: readonly Preset[] = [
  {
    name: "Critical production",
    condition: "always",
    why: "Every result is sent, so that a missing message is a sign too.",
  },
  { name: "Development", condition: "failure", why: "Only what needs attention; nothing on good days." },
  { name: "Compliance", condition: "always", why: "A record of every backup, succeeded or failed." },
  { name: "Team awareness", condition: "failure", why: "Failures and recoveries, nothing else." },
];

interface Props {
  rules: readonly RuleDraft[];
  channels: readonly PickableChannel[];
  onChange: (rules: RuleDraft[]) => void;
}

/** Four common sets of rules, each with its reason. */
export function JobPresets({ rules, channels, onChange }: Props) {
  if (channels.length === 0) return null;
  // A preset does not change what a monitor receives.
  const isMonitor = (id: string) => channels.some((channel) => channel.id === id && channel.purpose === "monitor");
  const people = rules.filter((rule) => !isMonitor(rule.channelId));
  const free = channels.filter(
    ({ id, purpose }) => purpose !== "monitor" && rules.every((rule) => rule.channelId !== id),
  );
  return (
    <Panel title="Presets" padded={false}>
      <ul>
        {PRESETS.map((preset) => (
          <li
            key={preset.name}
            className="flex items-start justify-between gap-3 border-line border-b px-4 py-2.5 last:border-b-0"
          >
            <div className="min-w-0 text-sm">
              <p>
                <span className="font-medium">{preset.name}</span>{" "}
                <span className="text-faint text-xs">{CONDITION_NAME[preset.condition]}</span>
              </p>
              <p className="text-muted text-xs">{preset.why}</p>
            </div>
            <Menu
              label={`Use ${preset.name}`}
              trigger={
                <Button size="sm" aria-label={`Use ${preset.name}`}>
                  Use
                </Button>
              }
              items={[
                ...(people.length > 0
                  ? [
                      {
                        label: `Set ${people.length === 1 ? "the rule" : `all ${pluralize(people.length, "rule")}`} to ${CONDITION_NAME[preset.condition]}`,
                        onSelect: () =>
                          onChange(
                            rules.map((rule) =>
                              isMonitor(rule.channelId) ? rule : { ...rule, condition: preset.condition },
                            ),
                          ),
                      },
                    ]
                  : []),
                ...free.map((channel) => ({
                  label: `Add ${channel.name}`,
                  hint: CONDITION_NAME[preset.condition],
                  onSelect: () => onChange([...rules, newRule(channel.id, preset.condition)]),
                })),
              ]}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
