"use client";

import { useState } from "react";
import type { ActionError, ActionResult } from "@/lib/core/action-error";

/** Connects with the settings of a form, saved or not. */
export type TestDraft = (input: {
  id?: string;
  kind: string;
  config: Record<string, unknown>;
}) => Promise<ActionResult<{ message?: string; details?: string[] }>>;

/** A Test of what is in the form, and what it last answered. */
export function useEndpointTest(testDraft: TestDraft) {
  const [error, setError] = useState<ActionError>();
  const [found, setFound] = useState<{ message?: string; details?: string[] }>();
  return {
    error,
    found,
    clear: () => setError(undefined),
    async run(input: Parameters<TestDraft>[0]): Promise<ActionResult<null>> {
      const answer = await testDraft(input);
      setError(answer.ok ? undefined : answer.error);
      setFound(answer.ok ? answer.value : undefined);
      return answer.ok ? { ok: true, value: null } : answer;
    },
  };
}
