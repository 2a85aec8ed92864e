"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useVerbForm } from "@/components/form/use-verb-form";
import type { ActionResult } from "@/lib/core/action-error";
import type { RestoreMode } from "@/lib/core/restore-mode";
import { normalizeTarget, type RestoresTo } from "./restore-target";

type Target = ({ path: string } | { sourceId: string; database: string }) & {
  overwrite?: boolean;
  mode?: RestoreMode;
};

/** What is known of a restore before it starts. */
export interface Outlook {
  overwrites: string | null;
  stays: string[];
  cannot: string[];
  modes: RestoreMode[];
}

export interface RestoreActions {
  restore(input: { id: string; target: Target; confirm?: string }): Promise<ActionResult<{ runId: string }>>;
  look(input: { id: string; target: Target }): Promise<ActionResult<Outlook>>;
}

interface Start {
  artifactId: string;
  restoresTo: RestoresTo;
  target: string;
  sourceId: string;
  actions: RestoreActions;
}

/**
 * The state of the form. The first press looks at the target; where there is something to say the form says it and
 * asks again, and over what exists only a confirmed restore begins.
 */
export function useRestoreForm({ artifactId, restoresTo, actions, ...start }: Start) {
  const router = useRouter();
  const [text, setText] = useState(start.target);
  const [sourceId, setSourceId] = useState(start.sourceId);
  const [typed, setTyped] = useState("");
  const [mode, setMode] = useState<RestoreMode>();
  /** Of the target as it is written now; null: not looked at yet. */
  const [outlook, setOutlook] = useState<Outlook | null>(null);
  const begin = useVerbForm(actions.restore, { onSuccess: ({ runId }) => router.push(`/runs/${runId}`) });
  const look = useVerbForm(actions.look);
  const target = normalizeTarget(text, restoresTo);
  const changeTarget = (next: string) => {
    setText(next);
    setOutlook(null);
    setTyped("");
    setMode(undefined);
    begin.clear();
    look.clear();
  };
  const where = restoresTo === "database" ? { sourceId, database: target } : { path: target };
  const restore = (overwrite: boolean) =>
    begin.submit({
      id: artifactId,
      target: { ...where, overwrite, ...(mode && { mode }) },
      ...(overwrite && { confirm: typed.trim() }),
    });
  const submit = async () => {
    if (outlook) return void (await restore(outlook.overwrites !== null));
    const found = await look.submit({ id: artifactId, target: where });
    if (!found?.ok) return;
    const { overwrites, stays, cannot, modes } = found.value;
    if (overwrites === null && stays.length + cannot.length === 0 && modes.length < 2) await restore(false);
    else setOutlook(found.value);
  };
  return {
    form: {
      formRef: begin.formRef,
      pending: begin.pending || look.pending,
      error: begin.error ?? look.error,
      fields: { ...look.fields, ...begin.fields },
    },
    text,
    target,
    changeTarget,
    sourceId,
    changeSource: (id: string) => {
      setSourceId(id);
      changeTarget(text);
    },
    typed,
    setTyped,
    mode: mode ?? outlook?.modes[0],
    setMode,
    outlook,
    submit,
  };
}
