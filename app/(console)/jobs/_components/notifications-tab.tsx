"use client";

import type { ShowPreview } from "@/components/channel/texts/live-preview";
import type { PickableChannel, PickableProfile } from "./pickable";
import { ProfilePanel } from "./profile-panel";
import { RulesEditor } from "./rules-editor";
import type { TabProps } from "./tab-props";

interface Props extends TabProps {
  channels: readonly PickableChannel[];
  profiles: readonly PickableProfile[];
  show: ShowPreview;
  jobId?: string;
}

/** Who is notified about this job: the profile that it follows, and rules of its own. */
export function NotificationsTab({ draft, change, errors, channels, profiles, show, jobId }: Props) {
  const profile = profiles.find(({ id }) => id === draft.profileId);
  return (
    <div className="flex flex-col gap-4">
      {(profiles.length > 0 || draft.profileId) && (
        <ProfilePanel draft={draft} change={change} errors={errors} profiles={profiles} />
      )}
      <RulesEditor
        title={profile ? "Rules of its own" : "Notification rules"}
        rules={draft.rules}
        onChange={(rules) => change({ rules })}
        errors={errors}
        channels={channels}
        jobName={draft.name}
        jobId={jobId}
        show={show}
        whenEmpty={
          profile
            ? `The rules of the profile ${profile.name} are all there are. A rule of its own for a channel replaces the profile’s.`
            : "This job has no rule of its own. Routes and channels that subscribed may notify of it all the same: see “Who gets notified?”."
        }
      />
    </div>
  );
}
