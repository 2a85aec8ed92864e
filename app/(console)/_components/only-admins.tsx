import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";

/** Stands where a page is not for the currentUser's role: who may, and the way back. */
export function OnlyAdmins({
  title,
  what,
  back,
  who = "Administrators",
}: {
  title: string;
  what: string;
  back: string;
  who?: string;
}) {
  return (
    <Page>
      <PageHeader title={title} />
      <Panel padded={false}>
        <EmptyState action={<LinkButton href={back}>Go back</LinkButton>}>
          {who} {what}. Ask one of them, or for a role that may.
        </EmptyState>
      </Panel>
    </Page>
  );
}
