import { Download, RotateCcw } from "lucide-react";
import { formatBytes } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { CopyButton } from "@/components/ui/copy-button";
import { Link } from "@/components/ui/link";
import { LinkButton } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { type ArtifactActions, ArtifactMenu } from "./artifact-menu";
import { ArtifactTrust } from "./artifact-trust";

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
  /** Download, restore, test and accept: not for viewers. */
  canRestore: boolean;
  actions: ArtifactActions;
}

export function ArtifactTable({ artifacts, withJob = false, canRestore, actions }: Props) {
  return (
    <Table label="Backups" stack="md">
      <Thead>
        <Th>Created</Th>
        <Th>Location</Th>
        <Th num>Size</Th>
        <Th>Trust</Th>
        <Th>SHA-256</Th>
        <Th hidden>Actions</Th>
      </Thead>
      <Tbody>
        {artifacts.map((artifact) => (
          <Tr key={artifact.id}>
            <Td>
              <Primary
                sub={
                  withJob ? (
                    <Link href={`/runs/${artifact.runId}`} className="hover:underline">
                      {artifact.jobName}
                    </Link>
                  ) : undefined
                }
              >
                <RelativeTime at={msOf(artifact.createdAt)} format="full" />
              </Primary>
            </Td>
            <Td label="Location">
              <span>
                {artifact.destinationName}
                {artifact.compression !== "none" && <span className="text-faint"> {artifact.compression}</span>}
              </span>
            </Td>
            <Td label="Size" num className="whitespace-nowrap">
              {formatBytes(artifact.bytes)}
            </Td>
            <Td label="Trust">
              <ArtifactTrust artifact={artifact} className="items-end text-right md:items-start md:text-left" />
            </Td>
            <Td label="SHA-256">
              <span className="inline-flex items-center gap-1">
                <span className="num text-muted text-xs">{artifact.sha256.slice(0, 12)}</span>
                <CopyButton text={artifact.sha256} label="Copy SHA-256" />
              </span>
            </Td>
            <Td actions>
              {canRestore && (
                <>
                  <LinkButton
                    size="sm"
                    href={`/api/v1/artifacts/${artifact.id}/download`}
                    download
                    icon={<Download aria-hidden="true" className="size-3.5" />}
                  >
                    Download
                  </LinkButton>
                  {artifact.restoresTo !== "configuration" && (
                    <LinkButton
                      size="sm"
                      href={`/restore/${artifact.id}`}
                      icon={<RotateCcw aria-hidden="true" className="size-3.5" />}
                    >
                      Restore
                    </LinkButton>
                  )}
                  {artifact.restoresTo !== "configuration" && <ArtifactMenu artifact={artifact} actions={actions} />}
                </>
              )}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
