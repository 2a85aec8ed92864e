import type { Metadata } from "next";
import { DeliveryFacts } from "@/components/delivery/delivery-facts";
import { FoldedDeliveries } from "@/components/delivery/folded-deliveries";
import { NotificationPreview } from "@/components/delivery/notification-preview";
import { PayloadPanel } from "@/components/delivery/payload-panel";
import { RefusedRecipients } from "@/components/delivery/refused-recipients";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { DeliveryStatusBadge } from "@/components/status/delivery-status-badge";
import { DeliveryTimeline } from "@/components/status/delivery-timeline";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { Note } from "@/components/ui/note";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { channelPath } from "@/lib/core/system-mail";
import { type DeliveryDetail, deliveriesGet } from "@/lib/services/deliveries/get";
import { page } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { DeliveryActions } from "./_components/delivery-actions";

export const metadata: Metadata = { title: "Delivery" };

export default async function DeliveryPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { timezone, isOperator } = await currentUser();
  const delivery = await page(deliveriesGet, { id });
  const { title, status, channelId, channelName, event, runId } = delivery;
  const isOpen = status === "pending" || status === "sending" || status === "held";
  return (
    <Page>
      <LiveRefresh topics={["deliveries"]} />
      <Crumbs items={[{ label: "Delivery log", href: "/deliveries" }, { label: title }]} />
      <PageHeader
        title={title}
        sub={
          <>
            to {channelId ? <TextLink href={channelPath(channelId)}>{channelName}</TextLink> : <b>{channelName}</b>}
            {delivery.recipient && ` (${delivery.recipient})`}, {delivery.routeText}
          </>
        }
        actions={
          <>
            {runId && <LinkButton href={`/runs/${runId}`}>Open run</LinkButton>}
            {isOperator && <DeliveryActions delivery={{ id, status, channelName, isTest: delivery.isTest }} />}
          </>
        }
      />
      <Columns
        side={
          <>
            {delivery.notification && (
              <Panel title="Notification">
                <NotificationPreview notification={delivery.notification} timezone={timezone} />
              </Panel>
            )}
            <DeliveryFacts
              delivery={{
                kind: delivery.kind,
                step: delivery.step,
                isTest: delivery.isTest,
                event: { id: event.id, name: event.name, subjectName: event.subjectName },
                recipient: delivery.recipient,
                receipt: delivery.receipt,
                createdAt: msOf(delivery.createdAt),
                settledAt: msOf(delivery.settledAt),
                giveUpAt: isOpen ? msOf(delivery.giveUpAt) : null,
              }}
            />
          </>
        }
      >
        <AttemptsPanel delivery={delivery} timezone={timezone} />
        <FoldedDeliveries
          carries={delivery.carries.map(({ createdAt, ...one }) => ({ ...one, createdAt: msOf(createdAt) }))}
        />
        <PayloadPanel payload={delivery.payload} attempts={delivery.attempts.length} maySee={isOperator} />
      </Columns>
    </Page>
  );
}

function AttemptsPanel({ delivery, timezone }: { delivery: DeliveryDetail; timezone: string }) {
  const { id, status, attempts, foldedInto } = delivery;
  const lastError = attempts.at(-1)?.error;
  // The last attempt shows the same error in full.
  const isShownByAttempt =
    lastError && delivery.reasonCode !== "retries_exhausted" && delivery.reason?.endsWith(lastError);
  // Those that were refused are listed by themselves.
  const isShownByList = status === "partial" || delivery.reasonCode === "refused_for_now";
  const reason = status === "sent" || isShownByAttempt || isShownByList ? null : delivery.reason;
  return (
    <Panel
      title={
        <>
          <span className="sr-only">Status: </span>
          <DeliveryStatusBadge status={status} isTest={delivery.isTest} />
        </>
      }
      aside={<span className="font-mono text-xs">{id}</span>}
    >
      <div className="flex flex-col gap-4">
        {reason && <Note tone={status === "dead" ? "failure" : "neutral"}>{reason}</Note>}
        <RefusedRecipients refused={delivery.refused} isOver={status === "partial"} />
        <DeliveryTimeline
          recordedAt={msOf(delivery.event.at)}
          attempts={attempts.map(({ at, ...attempt }) => ({ ...attempt, at: msOf(at) }))}
          status={status}
          dueAt={msOf(delivery.dueAt)}
          timezone={timezone}
        />
        {foldedInto && (
          <p className="text-muted text-sm">
            Sent as part of <TextLink href={`/deliveries/${foldedInto}`}>another notification</TextLink>.
          </p>
        )}
      </div>
    </Panel>
  );
}
