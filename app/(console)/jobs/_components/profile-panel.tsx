"use client";

import { Field } from "@/components/ui/field";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { CONDITION_NAME, describeRepeat } from "./condition-labels";
import type { PickableProfile } from "./pickable";
import type { TabProps } from "./tab-props";

/** Which profile the job follows, and what its rules say. They are changed on the profile's own page. */
export function ProfilePanel({ draft, change, errors, profiles }: TabProps & { profiles: readonly PickableProfile[] }) {
  const profile = profiles.find(({ id }) => id === draft.profileId);
  const isReplaced = (channelId: string) => draft.rules.some((rule) => rule.channelId === channelId);
  return (
    <Panel title="Profile" aside={<TextLink href="/routing/profiles">All profiles</TextLink>}>
      <div className="flex flex-col gap-3">
        <Field
          label="Follows the profile"
          hideLabel
          error={errors.profileId}
          help="Its rules hold for every job that follows it."
        >
          <Select value={draft.profileId} onChange={(event) => change({ profileId: event.target.value })}>
            <option value="">No profile</option>
            {profiles.map(({ id, name, isDefault }) => (
              <option key={id} value={id}>
                {isDefault ? `${name} (default of new jobs)` : name}
              </option>
            ))}
          </Select>
        </Field>
        {profile && (
          <div className="text-sm">
            <p className="text-muted text-xs">
              Rules of <TextLink href={`/routing/profiles/${profile.id}`}>{profile.name}</TextLink>
            </p>
            {profile.notifications.length === 0 && <p className="mt-1">It has no rules.</p>}
            <ul className="mt-1 flex flex-col gap-1">
              {profile.notifications.map((rule) => (
                <li key={rule.id} className="flex flex-wrap items-baseline gap-x-2">
                  <span
                    className={
                      isReplaced(rule.channelId)
                        ? "line-through [overflow-wrap:anywhere]"
                        : "font-medium [overflow-wrap:anywhere]"
                    }
                  >
                    {rule.channelName}
                  </span>
                  <span className="text-muted text-xs">
                    {CONDITION_NAME[rule.condition]}, {describeRepeat(rule.repeat, rule.remindHours)}
                    {isReplaced(rule.channelId) && ". The job’s own rule replaces it."}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Panel>
  );
}
