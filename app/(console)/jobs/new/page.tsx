import type { Metadata } from "next";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { parseFilter, readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { suggestLabels } from "@/app/(console)/label-actions";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { jobChoices } from "../_components/job-choices";
import { JOB_TABS, newJobDraft } from "../_components/job-draft";
import { JobForm } from "../_components/job-form";
import {
  createJobAction,
  previewJobRoutingAction,
  previewMessage,
  previewWebhookAction,
  runJob,
  updateJobAction,
} from "../actions";

export const metadata: Metadata = { title: "New job" };

export default async function NewJobPage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin, isOperator, timezone } = await currentUser();
  if (!isOperator) {
    return <OnlyAdmins title="New job" who="Operators and administrators" what="create jobs" back="/jobs" />;
  }
  const query = await readSearch(searchParams);
  const { sources, destinations, repositories, clients, channels, profiles, hooks } = await jobChoices();
  const lacksSource = sources.length === 0;
  const lacksPlace = destinations.length + repositories.length === 0 && !sources.some((one) => one.storesItself);
  const sourceId = query.sourceId ?? (sources.length === 1 ? (sources[0]?.id ?? "") : "");
  return (
    <Page>
      <Crumbs items={[{ label: "Jobs", href: "/jobs" }, { label: "New job" }]} />
      <PageHeader title="New job" sub="Source, destinations, schedule and notification rules." />
      {query.executor !== "external" && clients.length === 0 && (lacksSource || lacksPlace) ? (
        <Panel padded={false}>
          <EmptyState
            title={lacksSource ? "Add a source first" : "Add a destination next"}
            action={
              isAdmin && (
                <LinkButton variant="primary" href={`/${lacksSource ? "sources" : "destinations"}/new?next=/jobs/new`}>
                  {lacksSource ? "Add a source" : "Add a destination"}
                </LinkButton>
              )
            }
          >
            {lacksSource
              ? "A job reads from a source, and there is none yet."
              : "A job stores its backups at a destination, and there is none yet."}
            {isAdmin ? " You come back here afterwards." : " An administrator can add one."} A job that{" "}
            <TextLink href="/jobs/new?executor=external">another program runs and reports</TextLink> needs neither.
          </EmptyState>
        </Panel>
      ) : (
        <JobForm
          start={newJobDraft({
            executor: query.executor === "external" ? "external" : "managed",
            timezone,
            sourceId,
            storesItself: sources.find(({ id }) => id === sourceId)?.storesItself ?? false,
            destinationId: destinations.length === 1 ? (destinations[0]?.id ?? "") : "",
            profileId: profiles.find(({ isDefault }) => isDefault)?.id ?? "",
          })}
          tab={parseFilter(JOB_TABS, query.tab) ?? "general"}
          sources={sources}
          destinations={destinations}
          repositories={repositories}
          clients={clients}
          channels={channels}
          profiles={profiles}
          hooks={hooks}
          suggestLabels={suggestLabels}
          create={createJobAction}
          update={updateJobAction}
          run={runJob}
          previewRouting={previewJobRoutingAction}
          previewWebhook={previewWebhookAction}
          show={previewMessage}
        />
      )}
    </Page>
  );
}
