"use client";

import { useState } from "react";
import type { ActionResult } from "@/lib/core/action-error";

export interface DraftTest<O> {
  /** Runs the test and keeps the errors of its fields. */
  test: () => Promise<ActionResult<O>>;
  /** Errors of the last test by path. */
  fields: Record<string, string>;
  clear: () => void;
}

/** Tests unsaved values of a form, whose own errors are cleared before. */
export function useDraftTest<O>(form: { clear: () => void }, run: () => Promise<ActionResult<O>>): DraftTest<O> {
  const [fields, setFields] = useState<Record<string, string>>({});
  const test = async () => {
    form.clear();
    const answer = await run();
    setFields(answer.ok ? {} : (answer.error.fields ?? {}));
    return answer;
  };
  return { test, fields, clear: () => setFields({}) };
}
