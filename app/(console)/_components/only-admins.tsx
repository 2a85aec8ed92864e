import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";

/** Replaces a page that the user's role may not open. @param what a verb phrase: `create accounts` */
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
          {who} {what}. Your role does not allow it.
        </EmptyState>
      </Panel>
    </Page>
  );
}
