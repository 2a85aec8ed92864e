import { createDestination } from "@/app/(console)/destinations/actions";
import { SOURCE_ACTIONS } from "@/app/(console)/sources/endpoint-actions";
import { EndpointForm } from "@/components/endpoint/endpoint-form";
import { LinkButton } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { sourceKinds } from "@/lib/services/sources/verbs";
import { welcomeSample } from "@/lib/services/welcome/sample";
import { page } from "@/lib/web/page";
import { SampleButton } from "./sample-button";

/** What is to be backed up: an own source, or the sample. */
export async function SourceStep({ hasSources }: { hasSources: boolean }) {
  const [kinds, sample] = await Promise.all([page(sourceKinds, {}), page(welcomeSample, {})]);
  return (
    <>
      {!hasSources && sample.databaseFile && (
        <Panel title="Just a try">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="max-w-md text-muted text-sm">
              Back up Belfry's own database into a folder of its data. No passwords, and the first success within a
              minute.
            </p>
            <SampleButton
              databaseFile={sample.databaseFile}
              backupsFolder={sample.backupsFolder}
              createSource={SOURCE_ACTIONS.create}
              createDestination={createDestination}
            />
          </div>
        </Panel>
      )}
      <Panel
        title="What is to be backed up?"
        footer={
          <div className="flex justify-end">
            <LinkButton href="/welcome?step=destination">{hasSources ? "Go on" : "Skip"}</LinkButton>
          </div>
        }
      >
        <EndpointForm noun="source" kinds={kinds} actions={SOURCE_ACTIONS} next="/welcome?step=destination" />
      </Panel>
    </>
  );
}
