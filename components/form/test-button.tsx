"use client";

import { Check } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useAction } from "@/components/action/use-action";
import { formatLatency } from "@/components/format";
import { Button } from "@/components/ui/button";
import type { ActionError, ActionResult } from "@/lib/core/action-error";
import { FormError } from "./form-error";

export interface TestOutcome {
  latencyMs?: number;
  receipt?: string;
}

interface Props {
  run: () => Promise<ActionResult<TestOutcome | null | undefined>>;
  label?: string;
  /** Text beside the tick; the latency when left out. */
  done?: string;
  /** What a person should know beside it, a sentence each, below a success. */
  details?: readonly string[];
  size?: "sm" | "md";
  disabled?: boolean;
  /** The error, for forms that show it at their fields. */
  onError?: (error: ActionError) => void;
  children?: ReactNode;
}

/** Runs a test. Success is shown beside the button, an error below it with the service's answer and advice. */
export function TestButton({ run, label = "Test", done, details = [], size, disabled, onError, children }: Props) {
  const { run: act, pending } = useAction();
  const [result, setResult] = useState<ActionResult<TestOutcome | null | undefined> | null>(null);
  const test = () => {
    setResult(null);
    act(run, {
      onSuccess: (value) => setResult({ ok: true, value }),
      onError: (error) => {
        setResult({ ok: false, error });
        onError?.(error);
      },
    });
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={test} pending={pending} disabled={disabled} size={size}>
          {label}
        </Button>
        {children}
        <span role="status" className="inline-flex items-center gap-1 text-sm text-success">
          {pending && <span className="sr-only">Testing</span>}
          {result?.ok && (
            <>
              <Check aria-hidden="true" className="size-4" />
              {done ?? describeTest(result.value)}
            </>
          )}
        </span>
      </div>
      {result?.ok && details.length > 0 && (
        <ul role="status" className="flex flex-col gap-0.5 text-muted text-sm [overflow-wrap:anywhere]">
          {details.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {result && !result.ok && <FormError error={result.error} />}
    </div>
  );
}

function describeTest(outcome: TestOutcome | null | undefined): string {
  return outcome?.latencyMs === undefined ? "Works" : `Works, ${formatLatency(outcome.latencyMs)}`;
}
