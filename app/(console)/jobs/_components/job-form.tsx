"use client";

import { Tabs } from "radix-ui";
import { type ReactNode, useEffect } from "react";
import type { ShowPreview } from "@/components/channel/texts/live-preview";
import type { SuggestLabels } from "@/components/label/labels-field";
import { FieldStack } from "@/components/ui/field";
import { lazyPart } from "@/components/ui/lazy-part";
import { Columns } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { onFirstTouch } from "@/components/ui/use-loaded";
import { GeneralTab } from "./general-tab";
import type { HookChoices } from "./hook-fields";
import { type JobDraft, type JobTab, tabsOf } from "./job-draft";
import { JobSaveBar } from "./job-save-bar";
import type { PickableChannel, PickableClient, PickableEndpoint, PickableProfile, PickableSource } from "./pickable";
import type { PreviewRouting } from "./routing-preview-panel";
import { TabList } from "./tab-list";
import type { TabProps } from "./tab-props";
import { type JobFormActions, useJobForm } from "./use-job-form";
import type { PreviewWebhook } from "./webhook-fields";

/** All but the first tab come with the first touch of the page, or when they are opened. */
const load = {
  schedule: () => import("./schedule-tab").then((file) => file.ScheduleTab),
  retention: () => import("./retention-tab").then((file) => file.RetentionTab),
  notifications: () => import("./notifications-tab").then((file) => file.NotificationsTab),
  preview: () => import("./routing-preview-panel").then((file) => file.RoutingPreviewPanel),
  presets: () => import("./job-presets").then((file) => file.JobPresets),
  advanced: () => import("./advanced-tab").then((file) => file.AdvancedTab),
};
const ScheduleTab = lazyPart(load.schedule);
const RetentionTab = lazyPart(load.retention);
const NotificationsTab = lazyPart(load.notifications);
const RoutingPreviewPanel = lazyPart(load.preview);
const JobPresets = lazyPart(load.presets);
const AdvancedTab = lazyPart(load.advanced);
const loadTabs = () => Object.values(load).forEach((one) => void one().catch(() => {}));

interface Props extends JobFormActions {
  /** None: a new job. */
  jobId?: string;
  start: JobDraft;
  tab: JobTab;
  sources: readonly PickableSource[];
  destinations: readonly PickableEndpoint[];
  repositories: readonly PickableEndpoint[];
  clients: readonly PickableClient[];
  channels: readonly PickableChannel[];
  profiles: readonly PickableProfile[];
  hooks: HookChoices;
  /** How an external job that exists is reported. */
  reporting?: ReactNode;
  /** Beside the tabs that leave room at the side: the job's last runs. */
  aside?: ReactNode;
  previewRouting: PreviewRouting;
  previewWebhook: PreviewWebhook;
  show: ShowPreview;
  suggestLabels: SuggestLabels;
}

/**
 * All settings of a job as one form in tabs: a draft is kept while another tab is open, and one Save sends what
 * was changed.
 */
export function JobForm(props: Props) {
  const { jobId, channels, aside } = props;
  const { form, tab, openTab, draft, change, errors, isDirty, submit, saveAndRun, reset } = useJobForm(
    jobId,
    props.start,
    props.tab,
    props,
  );
  useEffect(() => onFirstTouch(loadTabs), []);
  const tabProps = { draft, change, errors };
  const setRules = (rules: JobDraft["rules"]) => change({ rules });
  const side =
    tab === "notifications" ? (
      <>
        <RoutingPreviewPanel
          jobId={jobId}
          rules={draft.rules}
          labels={draft.labels}
          profileId={draft.profileId || null}
          preview={props.previewRouting}
        />
        <JobPresets rules={draft.rules} channels={channels} onChange={setRules} />
      </>
    ) : (
      aside
    );
  const body = <TabBody {...props} {...tabProps} tab={tab} />;
  return (
    <ScriptForm
      ref={form.formRef}
      data-changed={isDirty}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Tabs.Root value={tab} onValueChange={(value) => openTab(value as JobTab)} className="flex flex-col gap-5">
        <TabList tabs={tabsOf(draft, !jobId)} errors={errors} ruleCount={draft.rules.length} />
        {/* A tab that is left is removed at once: its fields would take the focus. */}
        <Tabs.Content key={tab} value={tab} tabIndex={-1} className="outline-none">
          {side ? <Columns side={side}>{body}</Columns> : <div className="max-w-[720px]">{body}</div>}
        </Tabs.Content>
        {(isDirty || !jobId) && (
          <JobSaveBar
            isNew={!jobId}
            form={form}
            isNarrow={!side}
            onReset={reset}
            saveAndRun={draft.executor === "external" ? undefined : props.run && saveAndRun}
          />
        )}
      </Tabs.Root>
    </ScriptForm>
  );
}

/** The tab that is open. */
function TabBody({ jobId, tab, ...props }: Props & TabProps) {
  const { draft, change, errors } = props;
  const tabProps = { draft, change, errors };
  if (tab === "notifications") {
    return (
      <NotificationsTab
        {...tabProps}
        jobId={jobId}
        channels={props.channels}
        profiles={props.profiles}
        show={props.show}
      />
    );
  }
  return (
    <Panel>
      <FieldStack>
        {tab === "reporting" && props.reporting}
        {tab === "general" && (
          <GeneralTab
            {...tabProps}
            sources={props.sources}
            destinations={props.destinations}
            repositories={props.repositories}
            clients={props.clients}
            isNew={!jobId}
            suggestLabels={props.suggestLabels}
          />
        )}
        {tab === "schedule" && <ScheduleTab {...tabProps} />}
        {tab === "retention" && <RetentionTab {...tabProps} />}
        {tab === "advanced" && <AdvancedTab {...tabProps} previewWebhook={props.previewWebhook} hooks={props.hooks} />}
      </FieldStack>
    </Panel>
  );
}
