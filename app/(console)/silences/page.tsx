import { BellOff } from "lucide-react";
import type { Metadata } from "next";
import { formatDuration } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { matcherText } from "@/components/matching/condition-labels";
import { msOf } from "@/components/ms-of";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { silencesList } from "@/lib/services/silences/list";
import type { SilenceView } from "@/lib/services/silences/view";
import { page } from "@/lib/web/page";
import { readSearch, type SearchParams } from "../_components/search-params";
import { currentUser } from "../current-user";
import { SilenceActions } from "./_components/silence-actions";
import { SilenceBadge } from "./_components/silence-badge";

export const metadata: Metadata = { title: "Silences" };

export default async function SilencesPage({ searchParams }: { searchParams: SearchParams }) {
  const { cursor, before, ended } = await readSearch(searchParams);
  const { isOperator } = await currentUser();
  const showsEnded = ended === "true";
  const { items, nextCursor } = await page(silencesList, { cursor, ended: showsEnded });
  const create = isOperator && (
    <LinkButton href="/silences/new" variant="primary" icon={<BellOff aria-hidden="true" className="size-4" />}>
      New silence
    </LinkButton>
  );
  return (
    <Page>
      <LiveRefresh topics={["routing", "deliveries"]} />
      <PageHeader
        title="Silences"
        sub="Spans in which matching notifications are held or dropped"
        actions={
          <>
            <TextLink href={showsEnded ? "/silences" : "/silences?ended=true"}>
              {showsEnded ? "Hide ended ones" : "Show ended ones"}
            </TextLink>
            {items.length > 0 && create}
          </>
        }
      />
      <Panel padded={false}>
        {items.length === 0 ? (
          <EmptyState title="Nothing is silenced" action={create}>
            A silence keeps planned work from waking anybody: what it holds arrives afterwards as one summary.
          </EmptyState>
        ) : (
          <SilenceTable silences={items} mayChange={isOperator} />
        )}
      </Panel>
      <Pager newestFirst nextCursor={nextCursor} cursor={cursor} before={before} params={{ ended }} />
    </Page>
  );
}

function SilenceTable({ silences, mayChange }: { silences: readonly SilenceView[]; mayChange: boolean }) {
  return (
    <Table label="Silences" compact="lg">
      <Thead>
        <Th width="w-32">State</Th>
        <Th>What</Th>
        <Th width="w-56">When</Th>
        <Th width="w-40">Notifications</Th>
        <Th hidden width="w-64">
          Actions
        </Th>
      </Thead>
      <Tbody>
        {silences.map((silence) => (
          <Tr key={silence.id} muted={silence.state === "ended"}>
            <Td inCompact="state">
              <SilenceBadge state={silence.state} />
            </Td>
            <Td inCompact="name">
              <Primary
                sub={`${silence.reason ?? ""}${silence.reason ? " · " : ""}${silence.createdByName}`}
                compactSub={
                  <>
                    <When silence={silence} />
                    {` · ${effectText(silence)}`}
                    {silence.reason && ` · ${silence.reason}`}
                  </>
                }
              >
                {mayChange && silence.state !== "ended" ? (
                  <Link href={`/silences/${silence.id}`} className="hover:underline">
                    {matcherText(silence.match, silence.conditions)}
                  </Link>
                ) : (
                  matcherText(silence.match, silence.conditions)
                )}
              </Primary>
            </Td>
            <Td className="text-muted">
              <When silence={silence} />
            </Td>
            <Td className="text-muted">{effectText(silence)}</Td>
            <Td actions inCompact={mayChange ? "actions" : undefined}>
              {mayChange && <SilenceActions silence={{ ...silence, isRecurring: silence.recurring !== null }} />}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** What happens to the notifications. */
function effectText({ effect, held }: SilenceView): string {
  if (effect === "drop") return "dropped";
  return held > 0 ? `${held} held` : "held";
}

function When({ silence: { state, onUntil, nextAt, endsAt, recurring } }: { silence: SilenceView }) {
  const again = recurring ? `, ${formatDuration(recurring.minutes * 60_000)} each time` : "";
  if (state === "on")
    return (
      <span>
        {onUntil ? (
          <>
            ends <RelativeTime at={msOf(onUntil)} />
          </>
        ) : (
          "until somebody ends it"
        )}
        {again}
      </span>
    );
  if (state === "scheduled")
    return (
      <span>
        starts <RelativeTime at={msOf(nextAt)} />
        {again}
      </span>
    );
  return (
    <span>
      ended <RelativeTime at={msOf(endsAt)} />
    </span>
  );
}
