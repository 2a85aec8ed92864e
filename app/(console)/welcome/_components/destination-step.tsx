import { DESTINATION_ACTIONS } from "@/app/(console)/destinations/endpoint-actions";
import { EndpointForm } from "@/components/endpoint/endpoint-form";
import { LinkButton } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { destinationKinds } from "@/lib/services/destinations/verbs";
import { welcomeSample } from "@/lib/services/welcome/sample";
import { page } from "@/lib/web/page";

/** The first destination. */
export async function DestinationStep({ hasDestinations }: { hasDestinations: boolean }) {
  const [kinds, { destination }] = await Promise.all([page(destinationKinds, {}), page(welcomeSample, {})]);
  return (
    <Panel
      title="Where should backups be stored?"
      footer={
        <div className="flex justify-end">
          <LinkButton href="/welcome?step=job">{hasDestinations ? "Continue" : "Skip"}</LinkButton>
        </div>
      }
    >
      <EndpointForm
        noun="destination"
        kinds={kinds}
        proposal={
          hasDestinations || !destination ? undefined : { name: "Local folder", ...destination, createFolder: true }
        }
        actions={DESTINATION_ACTIONS}
        next="/welcome?step=job"
      />
    </Panel>
  );
}
