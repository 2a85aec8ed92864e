import type { Metadata } from "next";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { parseFilter, readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { channelsOptions } from "@/lib/services/channels/options";
import { destinationsOptions } from "@/lib/services/destinations/verbs";
import { jobsList } from "@/lib/services/jobs/list";
import { sourcesOptions } from "@/lib/services/sources/verbs";
import { page } from "@/lib/web/page";
import { ChannelStep } from "./_components/channel-step";
import { DestinationStep } from "./_components/destination-step";
import { JobStep } from "./_components/job-step";
import { RunStep } from "./_components/run-step";
import { SourceStep } from "./_components/source-step";
import { StepFrame } from "./_components/step-frame";
import { StepList, WELCOME_STEPS, type WelcomeStep } from "./_components/step-list";

export const metadata: Metadata = { title: "Getting started" };

/** Derives the completed steps from what exists, so that a person may leave and come back, on another machine too. */
export default async function WelcomePage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin, timezone } = await currentUser();
  if (!isAdmin) return <OnlyAdmins title="Getting started" what="set up Belfry" back="/" />;
  const query = await readSearch(searchParams);
  const [channels, sources, destinations, jobs] = await Promise.all([
    page(channelsOptions, {}),
    page(sourcesOptions, {}),
    page(destinationsOptions, {}),
    page(jobsList, { limit: 1 }),
  ]);
  const job = jobs.items[0] ?? null;
  const done: Record<WelcomeStep, boolean> = {
    channel: channels.length > 0,
    source: sources.length > 0,
    destination: destinations.length > 0,
    job: job !== null,
    run: job?.lastRun != null,
  };
  const step = parseFilter(WELCOME_STEPS, query.step) ?? WELCOME_STEPS.find((one) => !done[one]) ?? "run";
  return (
    <Page narrow>
      <PageHeader
        title="Getting started"
        sub="A first backup that notifies you of its result. Every step can be skipped."
        actions={
          <LinkButton href="/" variant="ghost">
            Skip for now
          </LinkButton>
        }
      />
      <StepList current={step} done={done} />
      <StepFrame step={step}>
        {step === "channel" && <ChannelStep channels={channels} />}
        {step === "source" && <SourceStep hasSources={done.source} />}
        {step === "destination" && <DestinationStep hasDestinations={done.destination} />}
        {step === "job" && (
          <JobStep
            timezone={timezone}
            sources={sources}
            destinations={destinations}
            channels={channels}
            isNext={job !== null}
          />
        )}
        {step === "run" && (
          <RunStep job={job} runId={query.run ?? job?.lastRun?.id ?? null} hasChannel={done.channel} />
        )}
      </StepFrame>
    </Page>
  );
}
