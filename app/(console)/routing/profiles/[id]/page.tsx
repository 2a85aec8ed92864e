import type { Metadata } from "next";
import { cache } from "react";
import { currentUser } from "@/app/(console)/current-user";
import { CONDITION_NAME, describeRepeat } from "@/app/(console)/jobs/_components/condition-labels";
import { channelChoices } from "@/app/(console)/jobs/_components/job-choices";
import { previewJobRoutingAction, previewMessage } from "@/app/(console)/jobs/actions";
import { pluralize } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { DeleteButton } from "@/components/ui/delete-button";
import { Facts } from "@/components/ui/facts";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { profilesGet } from "@/lib/services/profiles/get";
import { page } from "@/lib/web/page";
import { RuleProfileForm } from "../_components/profile-form";
import { createRuleProfileAction, deleteRuleProfileAction, updateRuleProfileAction } from "../actions";

const readProfile = cache((id: string) => page(profilesGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name } = await readProfile((await params).id);
  return { title: name };
}

export default async function ProfilePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { isAdmin } = await currentUser();
  const profile = await readProfile(id);
  return (
    <>
      <LiveRefresh topics={["routing", "jobs"]} />
      <Crumbs
        items={[
          { label: "Routing", href: "/routing" },
          { label: "Profiles", href: "/routing/profiles" },
          { label: profile.name },
        ]}
      />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <h2 className="font-semibold text-lg [overflow-wrap:anywhere]">{profile.name}</h2>
          <p className="text-muted text-sm">
            {profile.isDefault && "Default of new jobs. "}
            {profile.jobCount === 0 ? (
              "No job follows it."
            ) : (
              <>
                Followed by <TextLink href={`/jobs?profileId=${id}`}>{pluralize(profile.jobCount, "job")}</TextLink>.
              </>
            )}
          </p>
        </div>
        {isAdmin && (
          <DeleteButton
            noun="profile"
            name={profile.name}
            remove={deleteRuleProfileAction.bind(null, { id: profile.id })}
            goTo="/routing/profiles"
          >
            Its rules are deleted permanently. A profile that jobs follow cannot be deleted: give them another one
            first.
          </DeleteButton>
        )}
      </div>
      {isAdmin ? (
        <RuleProfileForm
          key={id}
          profile={profile}
          channels={await channelChoices()}
          create={createRuleProfileAction}
          update={updateRuleProfileAction}
          previewRouting={previewJobRoutingAction}
          show={previewMessage}
        />
      ) : (
        <Panel title="Rules">
          {profile.notifications.length === 0 ? (
            <p className="text-muted text-sm">It has no rules.</p>
          ) : (
            <Facts
              items={profile.notifications.map((rule) => ({
                label: rule.channelName,
                value: `${CONDITION_NAME[rule.condition]}, ${describeRepeat(rule.repeat, rule.remindHours)}`,
              }))}
            />
          )}
        </Panel>
      )}
    </>
  );
}
