import { createDestination } from "@/app/(console)/destinations/actions";
import { SOURCE_ACTIONS } from "@/app/(console)/sources/endpoint-actions";
import { EndpointForm } from "@/components/endpoint/endpoint-form";
import { LinkButton } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { sourceKinds } from "@/lib/services/sources/verbs";
import { welcomeSample } from "@/lib/services/welcome/sample";
import { page } from "@/lib/web/page";
import { SampleButton } from "./sample-button";

/** The first source: one of the person's own, or the sample. */
export async function SourceStep({ hasSources }: { hasSources: boolean }) {
  const [kinds, sample] = await Promise.all([page(sourceKinds, {}), page(welcomeSample, {})]);
  return (
    <>
      {!hasSources && sample.source && sample.destination && (
        <Panel title="Try it with a sample">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="max-w-md text-muted text-sm">
              Back up a few sample files to a folder of Belfry's data. No credentials needed, and the first backup is
              done within a minute.
            </p>
            <SampleButton
              source={sample.source}
              destination={sample.destination}
              createSource={SOURCE_ACTIONS.create}
              createDestination={createDestination}
            />
          </div>
        </Panel>
      )}
      <Panel
        title="What should be backed up?"
        footer={
          <div className="flex justify-end">
            <LinkButton href="/welcome?step=destination">{hasSources ? "Continue" : "Skip"}</LinkButton>
          </div>
        }
      >
        <EndpointForm noun="source" kinds={kinds} actions={SOURCE_ACTIONS} next="/welcome?step=destination" />
      </Panel>
    </>
  );
}
