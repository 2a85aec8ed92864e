import { listText, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { ToneBadge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { ActionResult } from "@/lib/core/action-error";
import type { AlertStatus } from "@/lib/core/alert";
import type { SubjectKind } from "@/lib/core/event";
import type { Tone } from "@/lib/core/tone";
import { AcknowledgeButton } from "./acknowledge-button";
import { ResolveButton } from "./resolve-button";

export interface Problem {
  id: string;
  status: AlertStatus;
  typeName: string;
  tone: Tone;
  subject: { kind: SubjectKind; id: string; name: string };
  title: string;
  message: string;
  count: number;
  openedAt: string;
  notified: string[];
}

interface Props {
  problems: readonly Problem[];
  /** Left out for who may not act. */
  acts?: {
    acknowledge: (input: { id: string }) => Promise<ActionResult<unknown>>;
    resolve: (input: { id: string }) => Promise<ActionResult<unknown>>;
  };
}

const PAGE_OF: Partial<Record<SubjectKind, string>> = { job: "/jobs", channel: "/channels", user: "/users" };

/** The problems that are open now, worst news first as the list gives it: what, since when, and who knows. */
export function OpenProblems({ problems, acts }: Props) {
  return (
    <Table label="Open problems" stack="lg">
      <Thead>
        <Th width="w-48">Problem</Th>
        <Th>What happened</Th>
        <Th width="w-52">Since</Th>
        <Th width="w-48">Told</Th>
        <Th hidden width="w-56">
          Acts
        </Th>
      </Thead>
      <Tbody>
        {problems.map((problem) => (
          <Tr key={problem.id}>
            <Td>
              <ToneBadge tone={problem.tone}>{problem.typeName}</ToneBadge>
            </Td>
            <Td>
              <Primary sub={firstLine(problem.message)}>
                <SubjectName subject={problem.subject} />
              </Primary>
            </Td>
            <Td label="Since" className="text-muted">
              <span>
                <RelativeTime at={msOf(problem.openedAt)} />
                {problem.count > 1 && `, ${pluralize(problem.count, "time")}`}
                {problem.status === "acknowledged" && ", acknowledged"}
              </span>
            </Td>
            <Td label="Told" className="text-muted">
              {problem.notified.length > 0 ? listText(problem.notified) : "nobody yet"}
            </Td>
            <Td actions>
              {acts && problem.status === "firing" && (
                <AcknowledgeButton alert={problem} acknowledge={acts.acknowledge} />
              )}
              {acts && <ResolveButton alert={problem} resolve={acts.resolve} />}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function SubjectName({ subject }: { subject: Problem["subject"] }) {
  const place = PAGE_OF[subject.kind];
  if (!place) return <>{subject.name}</>;
  return (
    <Link href={`${place}/${subject.id}`} className="hover:underline">
      {subject.name}
    </Link>
  );
}

/** Messages may be long; the row shows where they begin, the run's page has the rest. */
function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
