"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useVerbForm } from "@/components/form/use-verb-form";
import type { ActionResult } from "@/lib/core/action-error";
import {
  type ClientJobRequest,
  draftChanges,
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
    input: (Partial<JobRequest> | Partial<ClientJobRequest>) & { id: string },
  ) => Promise<ActionResult<{ id: string }>>;
}

/**
 * The state of a job's form: its draft, its tab, what is saved and what is invalid. After a refused save the first
 * tab with an invalid field opens, and that field takes the focus.
 */
export function useJobForm(
  jobId: string | undefined,
  start: JobDraft,
  firstTab: JobTab,
  { create, update }: JobFormActions,
) {
  const router = useRouter();
  const [tab, setTab] = useState(firstTab);
  const [draft, setDraft] = useState(start);
  const [saved, setSaved] = useState(start);
  const [gaps, setGaps] = useState<Record<string, string>>({});
  const wantsFocus = useRef(false);
  const sending = useRef(draft);
  const changes = draftChanges(saved, draft);
  const isDirty = Object.keys(changes).length > 0;
  const form = useVerbForm(
    () => (jobId ? update({ id: jobId, ...changes, kind: draft.executor }) : create(newJobRequest(draft))),
    {
      success: jobId ? "Saved" : "The job was created",
      onSuccess: ({ id }) => {
        setSaved(sending.current);
        if (jobId) router.refresh();
        else router.push(`/jobs/${id}`);
      },
    },
  );
  const openTab = (next: JobTab) => {
    setTab(next);
    window.history.replaceState(null, "", `?tab=${next}`);
  };
  const openFirstInvalid = (fields: Record<string, string>) => {
    const invalid = JOB_TABS.find((one) => Object.keys(fields).some((path) => tabOfField(path) === one));
    if (invalid) openTab(invalid);
    wantsFocus.current = true;
  };
  const submit = async () => {
    const missing = gapsOf(draft);
    setGaps(missing);
    if (Object.keys(missing).length > 0) return openFirstInvalid(missing);
    sending.current = draft;
    const answer = await form.submit(undefined);
    if (answer && !answer.ok) openFirstInvalid(answer.error.fields ?? {});
  };
  // Once the tab with the invalid field has been drawn, the field takes the focus.
  useEffect(() => {
    if (!wantsFocus.current) return;
    const field = form.formRef.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    if (!field) return;
    wantsFocus.current = false;
    field.focus();
  });
  return {
    form,
    tab,
    openTab,
    draft,
    isDirty,
    errors: { ...form.fields, ...gaps },
    submit,
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
