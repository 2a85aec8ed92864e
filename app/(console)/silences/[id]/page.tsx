import type { Metadata } from "next";
import { pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { formatWallTime } from "@/components/zoned-time";
import { silencesGet } from "@/lib/services/silences/get";
import type { SilenceView } from "@/lib/services/silences/view";
import { page } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { OnlyOperators } from "../_components/only-operators";
import { SilenceActions } from "../_components/silence-actions";
import { SilenceBadge } from "../_components/silence-badge";
import { newSilenceDraft } from "../_components/silence-draft";
import { SilenceForm } from "../_components/silence-form";

export const metadata: Metadata = { title: "Silence" };

export default async function SilencePage({ params }: { params: Promise<{ id: string }> }) {
  const { isOperator, timezone } = await currentUser();
  if (!isOperator) return <OnlyOperators />;
  const silence = await page(silencesGet, { id: (await params).id });
  return (
    <Page narrow>
      <Crumbs items={[{ label: "Silences", href: "/silences" }, { label: silence.reason }]} />
      <PageHeader
        title={silence.reason}
        badge={<SilenceBadge state={silence.state} />}
        sub={`Created by ${silence.createdByName}${silence.held > 0 ? `, holds ${pluralize(silence.held, "notification")}` : ""}`}
        actions={<SilenceActions onPage silence={{ ...silence, isRecurring: silence.recurring !== null }} />}
      />
      <SilenceForm timezone={timezone} silence={{ id: silence.id, ...draftFrom(silence, timezone) }} />
    </Page>
  );
}

function draftFrom(silence: SilenceView, timezone: string) {
  const wall = (iso: string | null) => (iso === null ? "" : formatWallTime(msOf(iso), timezone));
  const { match, conditions, recurring, effect, reason } = silence;
  return {
    ...newSilenceDraft(conditions, timezone),
    match,
    mode: recurring ? ("recurring" as const) : ("once" as const),
    startsAt: wall(silence.startsAt),
    endsAt: wall(silence.endsAt),
    ...(recurring && {
      cron: recurring.cron,
      cronTimezone: recurring.timezone,
      minutes: String(recurring.minutes),
    }),
    effect,
    reason,
  };
}
