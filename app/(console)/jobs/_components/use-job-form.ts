"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { useAction } from "@/components/action/use-action";
import { useFormTabs } from "@/components/form/use-form-tabs";
import { useVerbForm } from "@/components/form/use-verb-form";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";
import {
  type ClientJobRequest,
  draftChanges,
  type ExternalJobRequest,
  gapsOf,
  JOB_TABS,
  type JobDraft,
  type JobRequest,
  type JobTab,
  newJobRequest,
  tabOfField,
} from "./job-draft";

export interface JobFormActions {
  create: (input: ReturnType<typeof newJobRequest>) => Promise<ActionResult<{ id: string }>>;
  update: (
    input: (Partial<JobRequest> | Partial<ClientJobRequest> | Partial<ExternalJobRequest>) & { id: string },
  ) => Promise<ActionResult<{ id: string }>>;
  /** Starts the job as it was saved; left out: it is not started here. */
  run?: (input: { id: string }) => Promise<ActionResult<{ runId: string }>>;
}

/**
 * The state of a job's form: its draft, its tab, what is saved and what is invalid. After a refused save the first
 * tab with an invalid field opens, and that field takes the focus.
 */
export function useJobForm(
  jobId: string | undefined,
  start: JobDraft,
  firstTab: JobTab,
  { create, update, run }: JobFormActions,
) {
  const router = useRouter();
  const [draft, setDraft] = useState(start);
  const [saved, setSaved] = useState(start);
  const [gaps, setGaps] = useState<Record<string, string>>({});
  const sending = useRef(draft);
  const show = (id: string) => (jobId ? router.refresh() : router.push(`/jobs/${id}`));
  const next = useRunOnceSaved(run, show);
  const changes = draftChanges(saved, draft);
  const isDirty = Object.keys(changes).length > 0;
  const form = useVerbForm(
    () =>
      jobId
        ? update({ id: jobId, ...changes, kind: draft.executor } as Parameters<typeof update>[0])
        : create(newJobRequest(draft)),
    {
      success: jobId ? "Saved" : "The job was created",
      onSuccess: ({ id }) => {
        setSaved(sending.current);
        next.follow(id);
      },
    },
  );
  const { tab, openTab, openFirstInvalid } = useFormTabs(JOB_TABS, firstTab, tabOfField, form.formRef);
  const submit = async (runs = false) => {
    next.choose(runs);
    const missing = gapsOf(draft);
    setGaps(missing);
    if (Object.keys(missing).length > 0) return openFirstInvalid(missing);
    sending.current = draft;
    const answer = await form.submit(undefined);
    if (answer && !answer.ok) openFirstInvalid(answer.error.fields ?? {});
  };
  return {
    form,
    tab,
    openTab,
    draft,
    isDirty,
    errors: { ...form.fields, ...gaps },
    submit: () => submit(),
    saveAndRun: () => submit(true),
    change: (part: Partial<JobDraft>) => {
      setDraft((before) => ({ ...before, ...part }));
      setGaps({});
    },
    reset: () => {
      setDraft(saved);
      setGaps({});
      form.clear();
    },
  };
}

/** What follows a save: the job is started and its run opened, where Save and run was pressed; else the job is shown. */
function useRunOnceSaved(run: JobFormActions["run"], show: (id: string) => void) {
  const router = useRouter();
  const { run: act } = useAction();
  const runs = useRef(false);
  const follow = (id: string) => {
    if (!runs.current || !run) return show(id);
    act(() => run({ id }), {
      leaves: true,
      onSuccess: ({ runId }) => router.push(`/runs/${runId}`),
      // It is saved all the same.
      onError: ({ message }) => {
        toast.error(message);
        show(id);
      },
    });
  };
  return {
    choose: (isStarted: boolean) => {
      runs.current = isStarted;
    },
    follow,
  };
}
