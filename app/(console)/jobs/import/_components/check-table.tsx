import { describeExpectation, type ShownSchedule } from "@/components/cron/expectation";
import { TextLink } from "@/components/ui/link-button";
import { Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { formatDuration } from "@/lib/core/format-units";

export interface CheckResult {
  name: string;
  jobId: string | null;
  reason: string | null;
  schedule: ShownSchedule | null;
  graceMinutes: number | null;
  labels: Record<string, string>;
  enabled: boolean;
  keepsUuid: boolean;
  notes: string[];
}

/** Each check with the job that it makes, and what of it is left out. */
export function CheckTable({ checks }: { checks: CheckResult[] }) {
  return (
    <Table label="Checks">
      <Thead>
        <Th>Name</Th>
        <Th>Expected</Th>
        <Th>Labels</Th>
        <Th>Result</Th>
      </Thead>
      <Tbody>
        {checks.map((check, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names may be there twice, and the order is that of the export.
          <Tr key={index} muted={check.reason !== null}>
            <Td>{check.jobId ? <TextLink href={`/jobs/${check.jobId}`}>{check.name}</TextLink> : check.name}</Td>
            <Td label="Expected">{expectedOf(check)}</Td>
            <Td label="Labels">
              {Object.entries(check.labels)
                .map(([key, value]) => `${key}:${value}`)
                .join(", ")}
            </Td>
            <Td label="Result">
              <ul className="flex flex-col gap-1 [overflow-wrap:anywhere]">
                {sentencesOf(check).map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function expectedOf({ schedule, graceMinutes }: CheckResult): string {
  if (schedule === null) return "";
  return `${describeExpectation(schedule)}, grace ${formatDuration((graceMinutes ?? 0) * 60_000)}`;
}

function sentencesOf({ reason, enabled, keepsUuid, notes }: CheckResult): string[] {
  if (reason !== null) return [`Left out. ${reason}`];
  const own = keepsUuid ? "Keeps its UUID." : "Gets a new UUID: give it to what pings it.";
  return [enabled ? own : `Paused. ${own}`, ...notes];
}
