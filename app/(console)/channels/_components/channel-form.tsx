"use client";

import { Tabs } from "radix-ui";
import { type ReactNode, useEffect, useState } from "react";
import { TEXT_TABS, tabPath } from "@/components/channel/texts/text-draft";
import { SaveBar } from "@/components/form/save-bar";
import { TestButton } from "@/components/form/test-button";
import { lazyPart } from "@/components/ui/lazy-part";
import { Columns } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { SkeletonRows } from "@/components/ui/skeleton";
import { TabBar } from "@/components/ui/tab-bar";
import { onFirstTouch } from "@/components/ui/use-loaded";
import type { EventTypeView } from "@/lib/services/events/types";
import { previewMessageAction } from "../actions";
import type { ReportedChannel } from "./channel-reports";
import { CHANNEL_TAB_NAME, type ChannelTab, channelTabOf, channelTabsOf } from "./channel-tabs";
import { ConnectionPanel } from "./connection-panel";
import { type ChannelFormInput, type ChannelFormState, useChannelForm } from "./use-channel-form";

/** All but the first tab come with the first touch of the page, or when they are opened. */
const load = {
  rules: () => import("./delivery-rules-panel").then((file) => file.DeliveryRulesPanel),
  texts: () => import("@/components/channel/texts/texts-panel").then((file) => file.TextsPanel),
  subscriptions: () => import("@/components/channel/subscription-list").then((file) => file.SubscriptionList),
  reports: () => import("./channel-reports").then((file) => file.ChannelReports),
};
const DeliveryRulesPanel = lazyPart(load.rules);
const TextsPanel = lazyPart(load.texts);
const SubscriptionList = lazyPart(load.subscriptions);
const ChannelReports = lazyPart(load.reports);
const loadTabs = () => Object.values(load).forEach((one) => void one().catch(() => {}));

interface Props extends ChannelFormInput {
  types: EventTypeView[];
  /** The service's guide, beside its settings. */
  guide?: ReactNode;
  /** Beside the other tabs of a stored channel: how it does. */
  health?: ReactNode;
  /** Beside the subscriptions of a stored channel: what else uses it. */
  usedBy?: ReactNode;
  /** Below the subscriptions of a stored channel, with a save of its own. */
  reports?: ReportedChannel;
  /** What a stored channel did, while its tab is open. */
  activity?: ReactNode;
}

/**
 * A channel in tabs, new or stored. What was entered stays while another tab is open, and one Save sends what was
 * changed in all of them.
 */
export function ChannelForm({ types, guide, health, usedBy, reports, activity, ...input }: Props) {
  const { provider, channel } = input;
  const state = useChannelForm(input);
  useEffect(() => onFirstTouch(loadTabs), []);
  const { form, errors, events } = state;
  const { tab, openTab } = state.tabs;
  // Once opened it stays, with what was entered.
  const [hasReports, setHasReports] = useState(tab === "subscriptions");
  if (tab === "subscriptions" && !hasReports) setHasReports(true);
  const isMonitor = provider.purpose === "monitor";
  const hasFields = tab !== "activity" && !(isMonitor && tab === "subscriptions");
  const invalid = new Set(Object.keys(errors).map(channelTabOf));
  const side: Record<ChannelTab, ReactNode> = {
    settings: (
      <>
        {health}
        {guide}
      </>
    ),
    rules: health,
    texts: health,
    subscriptions: usedBy,
    activity: (
      <>
        {health}
        {usedBy}
      </>
    ),
  };
  return (
    <Tabs.Root value={tab} onValueChange={(value) => openTab(value as ChannelTab)} className="flex flex-col gap-5">
      <TabBar
        label="Parts of the channel"
        tabs={channelTabsOf({ isNew: !channel, isMonitor }).map((id) => ({
          id,
          label: isMonitor && id === "subscriptions" ? "Reports" : CHANNEL_TAB_NAME[id],
          count: id === "subscriptions" ? events.length : 0,
          hasInvalid: invalid.has(id),
        }))}
      />
      <Columns side={side[tab]} sideFirst={tab === "settings"}>
        {/* Stays while what was entered elsewhere is not saved. */}
        <ScriptForm
          ref={form.formRef}
          data-changed={channel ? state.isDirty : undefined}
          hidden={!hasFields}
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void state.submit();
          }}
        >
          {/* A tab that is left is removed at once: its fields would take the focus. */}
          {hasFields && (
            <Tabs.Content key={tab} value={tab} tabIndex={-1} className="flex flex-col gap-4 outline-none">
              <TabBody tab={tab} types={types} input={input} state={state} />
            </Tabs.Content>
          )}
          <SaveBar form={form} known={knownPaths(provider.schema)} saveLabel={channel ? "Save" : "Create channel"}>
            <TestButton run={state.test} />
          </SaveBar>
        </ScriptForm>
        {!hasFields && (
          <Tabs.Content key={tab} value={tab} tabIndex={-1} className="flex flex-col gap-5 outline-none">
            {tab === "activity" && (activity ?? <ActivitySkeleton />)}
          </Tabs.Content>
        )}
        {/* Kept while another tab is open, with what was entered. */}
        {reports && hasReports && (
          <div hidden={tab !== "subscriptions"}>
            <ChannelReports channel={reports} />
          </div>
        )}
      </Columns>
    </Tabs.Root>
  );
}

interface BodyProps {
  tab: ChannelTab;
  types: EventTypeView[];
  input: ChannelFormInput;
  state: ChannelFormState;
}

function TabBody({ tab, types, input: { provider, channel }, state }: BodyProps) {
  const { schemaForm, errors, texts, setTexts, events, setEvents } = state;
  if (tab === "settings") return <ConnectionPanel provider={provider} state={state} />;
  if (tab === "rules") return <DeliveryRulesPanel provider={provider} channel={channel} state={state} />;
  if (tab === "texts") {
    return (
      <TextsPanel
        draft={texts}
        onChange={setTexts}
        errors={errors}
        options={provider.messageOptions}
        base={{ ...(channel && { channelId: channel.id }), provider: provider.id, config: schemaForm.config }}
        show={previewMessageAction}
      />
    );
  }
  return (
    <Panel title="Subscribed events" aside={events.length === 0 ? "none" : `${events.length} selected`}>
      <div className="flex flex-col gap-4">
        <p className="text-muted text-sm">
          Events sent to this channel in addition to those from jobs and Settings. Each event is sent only once.
        </p>
        <SubscriptionList types={types} value={events} onChange={setEvents} />
      </div>
    </Panel>
  );
}

function ActivitySkeleton() {
  return (
    <Panel title="Recent deliveries" padded={false}>
      <SkeletonRows rows={6} />
    </Panel>
  );
}

/** Paths with a control of their own; errors of other paths are listed beside Save. */
function knownPaths(schema: Record<string, unknown>): string[] {
  const properties = schema.properties;
  const names = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  const texts = TEXT_TABS.flatMap((tab) =>
    ["title", "message", "priority", "tags", "sound"].map((field) => `${tabPath("texts", tab)}.${field}`),
  );
  const rules = ["minSeverity", "rateLimit", "rateLimit.requests", "rateLimit.perSeconds"];
  return ["name", ...names.map((name) => `config.${name}`), ...rules, ...texts];
}
