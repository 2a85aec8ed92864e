import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { currentUser } from "@/app/(console)/current-user";
import { ArtifactTrust } from "@/components/artifact/artifact-trust";
import { formatBytes } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Facts } from "@/components/ui/facts";
import { TextLink } from "@/components/ui/link-button";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { artifactsGet } from "@/lib/services/artifacts/get";
import { settingsGeneralGet } from "@/lib/services/settings/general-get";
import { sourcesOptions } from "@/lib/services/sources/verbs";
import { page } from "@/lib/web/page";
import { RestoreForm } from "../_components/restore-form";
import { suggestedName } from "../_components/suggested-name";
import { restoreArtifact, restoreOutlook } from "../actions";

export const metadata: Metadata = { title: "Restore a backup" };

export default async function RestoreOnePage({ params }: { params: Promise<{ id: string }> }) {
  const { isAdmin, isOperator } = await currentUser();
  if (!isOperator) {
    return <OnlyAdmins title="Restore" who="Operators and administrators" what="restore backups" back="/restore" />;
  }
  // Next leaves it encoded; `latest:shop` has a colon.
  const id = decodeURIComponent((await params).id);
  const [artifact, general, sources] = await Promise.all([
    page(artifactsGet, { id }),
    page(settingsGeneralGet, {}),
    page(sourcesOptions, {}),
  ]);
  if (artifact.restoresTo === "configuration") redirect("/settings/general");
  const name = suggestedName(artifact.jobName, artifact.createdAt);
  return (
    <Page>
      <Crumbs items={[{ label: "Restore", href: "/restore" }, { label: artifact.jobName }]} />
      <PageHeader
        title={`Restore ${artifact.jobName}`}
        sub="Choose where to restore it. The backup itself is not changed."
        back={{ href: artifact.jobId ? `/restore?jobId=${artifact.jobId}` : "/restore", label: "Another backup" }}
      />
      <Columns
        side={
          <Panel title="The backup">
            <Facts
              items={[
                { label: "Created", value: <RelativeTime at={msOf(artifact.createdAt)} format="full" /> },
                { label: "Size", value: <span className="num">{formatBytes(artifact.bytes)}</span> },
                { label: "Trust", value: <ArtifactTrust artifact={artifact} /> },
                { label: "Stored at", value: artifact.destinationName },
                { label: "Run", value: <TextLink href={`/runs/${artifact.runId}`}>The run that created it</TextLink> },
              ]}
            />
          </Panel>
        }
      >
        <Panel title="Restore to">
          <RestoreForm
            artifactId={artifact.id}
            restoresTo={artifact.restoresTo}
            suggestion={name}
            folder={general.effectiveRestoreFolder}
            roots={general.restoreRoots}
            isAdmin={isAdmin}
            servers={sources.filter((source) => source.kind === artifact.sourceKind)}
            actions={{ restore: restoreArtifact, look: restoreOutlook }}
          />
        </Panel>
      </Columns>
    </Page>
  );
}
