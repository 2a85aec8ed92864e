"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useVerbForm } from "@/components/form/use-verb-form";
import type { ActionResult } from "@/lib/core/action-error";
import { normalizeTarget, type RestoresTo } from "./restore-target";

type Target = { path: string; overwrite?: boolean } | { sourceId: string; database: string; overwrite?: boolean };

export type RestoreAction = (input: {
  id: string;
  target: Target;
  confirm?: string;
}) => Promise<ActionResult<{ runId: string }>>;

interface Start {
  artifactId: string;
  restoresTo: RestoresTo;
  target: string;
  sourceId: string;
  restore: RestoreAction;
}

/** The state of the form: a target is first tried as a new one, and only a confirmed one is overwritten. */
export function useRestoreForm({ artifactId, restoresTo, restore, ...start }: Start) {
  const router = useRouter();
  const [text, setText] = useState(start.target);
  const [sourceId, setSourceId] = useState(start.sourceId);
  const [typed, setTyped] = useState("");
  /** What would be overwritten at the target that was tried. */
  const [loss, setLoss] = useState<string | null>(null);
  const form = useVerbForm(restore, { onSuccess: ({ runId }) => router.push(`/runs/${runId}`) });
  const target = normalizeTarget(text, restoresTo);
  const changeTarget = (next: string) => {
    setText(next);
    setLoss(null);
    setTyped("");
    form.clear();
  };
  const submit = async () => {
    const overwrite = loss !== null;
    const sent = restoresTo === "database" ? { sourceId, database: target, overwrite } : { path: target, overwrite };
    const answer = await form.submit({ id: artifactId, target: sent, ...(overwrite && { confirm: typed.trim() }) });
    if (answer && !answer.ok && answer.error.code === "conflict" && !overwrite) {
      // The rest of the message explains to callers of the API how to confirm.
      setLoss(answer.error.message.split(" To go on,")[0] ?? answer.error.message);
      form.clear();
    }
  };
  return {
    form,
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
    loss,
    submit,
  };
}
