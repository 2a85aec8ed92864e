import { createJobAction, runJob } from "@/app/(console)/jobs/actions";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { FirstJobPart } from "./lazy-steps";

interface Named {
  id: string;
  name: string;
}

interface Props {
  timezone: string;
  sources: readonly (Named & { storesItself: boolean })[];
  destinations: readonly Named[];
  channels: readonly Named[];
  /** A job exists already: this one would be another. */
  isNext: boolean;
}

/** The first job: when it runs, and when the channel is notified. */
export function JobStep({ timezone, sources, destinations, channels, isNext }: Props) {
  const missing =
    sources.length === 0 ? "source" : destinations.length === 0 && !sources.at(-1)?.storesItself ? "destination" : null;
  return (
    <Panel
      title="When should it run?"
      footer={
        isNext ? (
          <div className="flex justify-end">
            <LinkButton href="/welcome?step=run">Continue without another job</LinkButton>
          </div>
        ) : undefined
      }
    >
      {missing ? (
        <EmptyState action={<LinkButton href={`/welcome?step=${missing}`}>Back to that step</LinkButton>}>
          A job needs a {missing}, and there is none yet.
        </EmptyState>
      ) : (
        <FirstJobPart
          timezone={timezone}
          sources={sources}
          destinations={destinations}
          channels={channels}
          create={createJobAction}
          run={runJob}
        />
      )}
    </Panel>
  );
}
