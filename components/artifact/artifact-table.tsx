import { Download, RotateCcw } from "lucide-react";
import { formatBytes } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { CopyButton } from "@/components/ui/copy-button";
import { Link } from "@/components/ui/link";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { type ArtifactActions, ArtifactMenu } from "./artifact-menu";
import { ArtifactTrust } from "./artifact-trust";
import { bestCopy, groupCopies } from "./copies";

/** A stored backup as lists show it. */
export interface ArtifactListItem {
  id: string;
  runId: string;
  jobName: string;
  destinationName: string;
  /** `configuration` is a backup of Belfry's own configuration, restored in Settings. */
  restoresTo: "file" | "directory" | "database" | "configuration";
  compression: string;
  bytes: number;
  contents: { files: number | null; tables: number | null } | null;
  sha256: string;
  suspicion: string | null;
  acceptedAt: string | null;
  acceptedBy: string | null;
  provenAt: string | null;
  proofError: string | null;
  rereadAt: string | null;
  damage: string | null;
  createdAt: string;
}

interface Props {
  artifacts: readonly ArtifactListItem[];
  /** Shows the job of each backup: off on the page of one job or one run. */
  withJob?: boolean;
  /** One row for each backup, with all of its copies; else one for each copy. */
  byBackup?: boolean;
  /** Download, restore, test and accept: not for viewers. */
  canRestore: boolean;
  actions: ArtifactActions;
}

export function ArtifactTable({ artifacts, withJob = false, byBackup = false, canRestore, actions }: Props) {
  const backups = byBackup ? groupCopies(artifacts) : artifacts.map((artifact) => [artifact]);
  return (
    <Table label="Backups" compact="md">
      <Thead>
        {/* Widths that no row decides: else those further down would move those above while they arrive. */}
        <Th width="w-56">Created</Th>
        <Th>{byBackup ? "Copies" : "Location"}</Th>
        <Th num width="w-24">
          Size
        </Th>
        <Th width="w-40">Trust</Th>
        {!byBackup && <Th>SHA-256</Th>}
        <Th hidden width={canRestore ? "w-64" : "w-4"}>
          Actions
        </Th>
      </Thead>
      <Tbody>
        {backups.map(([first, ...others]) => {
          if (!first) return null;
          const artifact = bestCopy([first, ...others]);
          return (
            <Tr key={artifact.id}>
              <Td inCompact="name">
                <Primary
                  compactSub={
                    <CompactLine
                      copies={[first, ...others]}
                      best={artifact}
                      withJob={withJob}
                      canRestore={canRestore}
                    />
                  }
                  sub={
                    withJob ? (
                      <Link
                        href={`/runs/${artifact.runId}`}
                        className="inline-flex min-h-6 items-center hover:underline"
                      >
                        {artifact.jobName}
                      </Link>
                    ) : undefined
                  }
                >
                  <Created artifact={artifact} canRestore={canRestore} />
                </Primary>
              </Td>
              <Td>
                <Copies copies={[first, ...others]} best={artifact} canRestore={canRestore} />
              </Td>
              <Td num>
                <span className="whitespace-nowrap">{formatBytes(artifact.bytes)}</span>
                <Contents contents={artifact.contents} />
              </Td>
              <Td inCompact="state">
                <ArtifactTrust artifact={artifact} />
              </Td>
              {!byBackup && (
                <Td>
                  <span className="inline-flex items-center gap-1">
                    <span className="num text-muted text-xs">{artifact.sha256.slice(0, 12)}</span>
                    <CopyButton text={artifact.sha256} label="Copy SHA-256" />
                  </span>
                </Td>
              )}
              <Td actions inCompact="menu">
                {canRestore && <ArtifactButtons artifact={artifact} actions={actions} />}
              </Td>
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}

/** When it was made; leads to its restore, for those who may. */
function Created({ artifact, canRestore }: { artifact: ArtifactListItem; canRestore: boolean }) {
  const time = <RelativeTime at={msOf(artifact.createdAt)} format="full" />;
  if (!canRestore || artifact.restoresTo === "configuration") return time;
  return (
    <Link href={`/restore/${artifact.id}`} className="inline-flex min-h-6 items-center hover:underline">
      {time}
    </Link>
  );
}

/** Of what, how much and where. */
function CompactLine({ withJob, ...copies }: CopiesProps & { withJob: boolean }) {
  return (
    <>
      {withJob && `${copies.best.jobName} · `}
      {formatBytes(copies.best.bytes)} · <Copies {...copies} inline />
    </>
  );
}

interface CopiesProps {
  copies: readonly ArtifactListItem[];
  /** The one that the buttons of the row are about. */
  best: ArtifactListItem;
  canRestore: boolean;
  /** In one line. */
  inline?: boolean;
}

/** Where a backup is stored; each other copy leads to a restore from there. */
function Copies({ copies, best, canRestore, inline = false }: CopiesProps) {
  return (
    <ul className={inline ? "inline" : undefined}>
      {copies.map((copy) => (
        <li key={copy.id} className={inline ? "mr-2 inline" : undefined}>
          {copy.id === best.id || !canRestore ? (
            copy.destinationName
          ) : (
            <TextLink href={`/restore/${copy.id}`} aria-label={`Restore from ${copy.destinationName}`}>
              {copy.destinationName}
            </TextLink>
          )}
          {!inline && copy.compression !== "none" && <span className="text-faint"> {copy.compression}</span>}
          {copy.damage !== null && copy.id !== best.id && <span className="text-failure"> damaged</span>}
        </li>
      ))}
    </ul>
  );
}

/** What was counted in it. */
function Contents({ contents }: Pick<ArtifactListItem, "contents">) {
  const { files = null, tables = null } = contents ?? {};
  if (files === null && tables === null) return null;
  return (
    <span className="block font-sans text-faint text-xs">
      {tables !== null ? countOf(tables, "table") : countOf(files ?? 0, "file")}
    </span>
  );
}

function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : `${noun}s`}`;
}

function ArtifactButtons({ artifact, actions }: { artifact: ArtifactListItem; actions: ArtifactActions }) {
  const isRestoredHere = artifact.restoresTo !== "configuration";
  return (
    <span className="inline-flex items-center gap-2">
      <LinkButton
        size="sm"
        href={`/api/v1/artifacts/${artifact.id}/download`}
        download
        label="Download"
        icon={<Download aria-hidden="true" className="size-3.5" />}
      >
        <span className="table-only">Download</span>
      </LinkButton>
      {isRestoredHere && (
        <LinkButton
          size="sm"
          className="table-only"
          href={`/restore/${artifact.id}`}
          icon={<RotateCcw aria-hidden="true" className="size-3.5" />}
        >
          Restore
        </LinkButton>
      )}
      {isRestoredHere && <ArtifactMenu artifact={artifact} actions={actions} />}
    </span>
  );
}
