import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";

/** Shown to viewers in place of a silence's form. */
export function OnlyOperators() {
  return (
    <Page narrow>
      <PageHeader title="Silences" />
      <Panel>
        <p className="text-sm">Only operators and administrators silence notifications.</p>
        <div className="mt-4">
          <LinkButton href="/silences">Back to the silences</LinkButton>
        </div>
      </Panel>
    </Page>
  );
}
