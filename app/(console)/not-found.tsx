import type { Metadata } from "next";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";

export const metadata: Metadata = { title: "Not found" };

/** Within the frame of the console, which is drawn by then. */
export default function NotFoundInConsole() {
  return (
    <Page>
      <PageHeader title="Page not found" />
      <Panel padded={false}>
        <EmptyState
          title="There is nothing here"
          action={
            <LinkButton href="/" variant="primary">
              Go to Overview
            </LinkButton>
          }
        >
          This page does not exist, or its content was deleted, or your role does not see it.
        </EmptyState>
      </Panel>
    </Page>
  );
}
