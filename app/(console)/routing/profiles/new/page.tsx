import type { Metadata } from "next";
import { currentUser } from "@/app/(console)/current-user";
import { channelChoices } from "@/app/(console)/jobs/_components/job-choices";
import { previewJobRoutingAction, previewMessage } from "@/app/(console)/jobs/actions";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { RuleProfileForm } from "../_components/profile-form";
import { createRuleProfileAction, updateRuleProfileAction } from "../actions";

export const metadata: Metadata = { title: "New profile" };

export default async function NewProfilePage() {
  const { isAdmin } = await currentUser();
  if (!isAdmin) return <AdminsOnlyNote what="create profiles" />;
  return (
    <>
      <Crumbs
        items={[
          { label: "Routing", href: "/routing" },
          { label: "Profiles", href: "/routing/profiles" },
          { label: "New" },
        ]}
      />
      <RuleProfileForm
        channels={await channelChoices()}
        create={createRuleProfileAction}
        update={updateRuleProfileAction}
        previewRouting={previewJobRoutingAction}
        show={previewMessage}
      />
    </>
  );
}
