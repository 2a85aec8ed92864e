"use client";

import { useRouter } from "next/navigation";
import { Tabs } from "radix-ui";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ShowPreview } from "@/components/channel/texts/live-preview";
import { classNames } from "@/components/class-names";
import { FormError } from "@/components/form/form-error";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { FieldStack } from "@/components/ui/field";
import { Columns } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import type { ActionResult } from "@/lib/core/action-error";
import { AdvancedTab } from "./advanced-tab";
import { GeneralTab } from "./general-tab";
import {
  changesOf,
  gapsOf,
  JOB_TABS,
  type JobDraft,
  type JobInput,
  type JobTab,
  jobInput,
  tabOfField,
} from "./job-draft";
import { JobPresets } from "./job-presets";
import { NotificationsTab, type PickableChannel } from "./notifications-tab";
import { RetentionTab } from "./retention-tab";
import { type RoutingPreview, RoutingPreviewPanel } from "./routing-preview-panel";
import { ScheduleTab } from "./schedule-tab";
import { TabList } from "./tab-list";

export interface Choice {
  id: string;
  name: string;
  note: string;
}

interface Props {
  /** None: a new job. */
  jobId?: string;
  start: JobDraft;
  tab: JobTab;
  sources: readonly Choice[];
  destinations: readonly Choice[];
  channels: readonly PickableChannel[];
  /** Stands beside the tabs that need no room at the side: the job's last runs. */
  aside?: ReactNode;
  create: (input: JobInput) => Promise<ActionResult<{ id: string }>>;
  update: (input: Partial<JobInput> & { id: string }) => Promise<ActionResult<{ id: string }>>;
  who: RoutingPreview;
  show: ShowPreview;
}

/**
 * All settings of a job as one form in five tabs: what is typed on one stays while another is looked at,
 * and one Save sends what was changed. After a refusal the first tab that has a problem opens.
 */
export function JobForm({
  jobId,
  start,
  tab: firstTab,
  sources,
  destinations,
  channels,
  aside,
  create,
  update,
  who,
  show: showPreview,
}: Props) {
  const router = useRouter();
  const [tab, setTab] = useState(firstTab);
  const [draft, setDraft] = useState(start);
  const [saved, setSaved] = useState(start);
  const [gaps, setGaps] = useState<Record<string, string>>({});
  const wantsFocus = useRef(false);
  const changes = changesOf(jobInput(saved), jobInput(draft));
  const dirty = Object.keys(changes).length > 0;
  const sending = useRef(draft);
  const form = useVerbForm(() => (jobId ? update({ id: jobId, ...changes }) : create(jobInput(draft))), {
    success: jobId ? "Saved" : "The job is set up",
    onSuccess: ({ id }) => {
      setSaved(sending.current);
      if (jobId) router.refresh();
      else router.push(`/jobs/${id}`);
    },
  });
  const errors = { ...form.fields, ...gaps };
  const refuse = (fields: Record<string, string>) => {
    const wrong = JOB_TABS.find((one) => Object.keys(fields).some((path) => tabOfField(path) === one));
    if (wrong) show(wrong);
    wantsFocus.current = true;
  };
  const show = (next: JobTab) => {
    setTab(next);
    window.history.replaceState(null, "", `?tab=${next}`);
  };
  const change = (part: Partial<JobDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setGaps({});
  };
  const submit = async () => {
    const missing = gapsOf(draft);
    setGaps(missing);
    if (Object.keys(missing).length > 0) return refuse(missing);
    sending.current = draft;
    const answer = await form.submit(undefined);
    if (answer && !answer.ok) refuse(answer.error.fields ?? {});
  };

  // Once the tab with the problem has been drawn, its first wrong field takes the focus.
  useEffect(() => {
    if (!wantsFocus.current) return;
    const wrong = form.formRef.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    if (!wrong) return;
    wantsFocus.current = false;
    wrong.focus();
  });

  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [dirty]);

  const parts = { draft, change, errors };
  const side =
    tab === "notifications" ? (
      <>
        <RoutingPreviewPanel jobId={jobId} rows={draft.rows} who={who} />
        <JobPresets rows={draft.rows} channels={channels} onChange={(rows) => change({ rows })} />
      </>
    ) : (
      aside
    );
  return (
    <form
      ref={form.formRef}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Tabs.Root value={tab} onValueChange={(value) => show(value as JobTab)} className="flex flex-col gap-5">
        <TabList errors={errors} rowCount={draft.rows.length} />
        <FormError error={form.error} />
        {/* Of the tab that is left nothing may stay for a moment longer: its fields would take the focus. */}
        <Tabs.Content key={tab} value={tab} tabIndex={-1} className="outline-none">
          {side ? <Columns side={side}>{bodyOf(tab)}</Columns> : <div className="max-w-[720px]">{bodyOf(tab)}</div>}
        </Tabs.Content>
        {(dirty || !jobId) && (
          <div
            className={classNames(
              "sticky bottom-3 z-10 flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line-strong bg-panel px-4 py-2.5 shadow-float",
              !side && "max-w-[720px]",
            )}
          >
            <span className="text-muted text-sm">{jobId ? "Not saved yet" : "Nothing runs before it is saved"}</span>
            <div className="flex gap-2">
              {jobId && (
                <Button
                  variant="ghost"
                  disabled={form.pending}
                  onClick={() => {
                    setDraft(saved);
                    setGaps({});
                    form.clear();
                  }}
                >
                  Reset
                </Button>
              )}
              <Button type="submit" variant="primary" pending={form.pending}>
                {jobId ? "Save" : "Save job"}
              </Button>
            </div>
          </div>
        )}
      </Tabs.Root>
    </form>
  );

  function bodyOf(name: JobTab): ReactNode {
    if (name === "notifications")
      return <NotificationsTab {...parts} jobId={jobId} channels={channels} show={showPreview} />;
    return (
      <Panel>
        <FieldStack>
          {name === "general" && <GeneralTab {...parts} sources={sources} destinations={destinations} isNew={!jobId} />}
          {name === "schedule" && <ScheduleTab {...parts} />}
          {name === "retention" && <RetentionTab {...parts} />}
          {name === "advanced" && <AdvancedTab {...parts} />}
        </FieldStack>
      </Panel>
    );
  }
}
