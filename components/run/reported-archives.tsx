import { formatBytes, formatDuration, formatNumber } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { CopyButton } from "@/components/ui/copy-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";

/** An archive as the program that made it reported it. */
interface ReportedArchiveItem {
  repository: string;
  label: string;
  name: string;
  id: string;
  startedAt: string;
  durationMs: number | null;
  originalBytes: number | null;
  deduplicatedBytes: number | null;
  files: number | null;
}

/** The archives that a run made in repositories which Belfry does not keep. */
export function ReportedArchives({ archives }: { archives: readonly ReportedArchiveItem[] }) {
  return (
    <Table label="Archives" stack="md">
      <Thead>
        <Th>Archive</Th>
        <Th>Repository</Th>
        <Th num>Size</Th>
        <Th num>New in it</Th>
        <Th num>Files</Th>
        <Th num>Duration</Th>
      </Thead>
      <Tbody>
        {archives.map((archive) => (
          <Tr key={`${archive.repository} ${archive.id}`}>
            <Td>
              <Primary sub={<RelativeTime at={msOf(archive.startedAt)} format="full" />}>
                <span className="inline-flex items-center gap-1 [overflow-wrap:anywhere]">
                  {archive.name}
                  <CopyButton text={archive.name} label={`Copy the name ${archive.name}`} />
                </span>
              </Primary>
            </Td>
            <Td label="Repository">
              <span className="[overflow-wrap:anywhere]" title={archive.repository}>
                {archive.label || archive.repository}
              </span>
            </Td>
            <Td label="Size" num>
              {numberOf(archive.originalBytes, formatBytes)}
            </Td>
            <Td label="New in it" num>
              {numberOf(archive.deduplicatedBytes, formatBytes)}
            </Td>
            <Td label="Files" num>
              {numberOf(archive.files, formatNumber)}
            </Td>
            <Td label="Duration" num>
              {numberOf(archive.durationMs, formatDuration)}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function numberOf(value: number | null, format: (value: number) => string) {
  return value === null ? "–" : format(value);
}
