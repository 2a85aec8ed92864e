"use client";

import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useAction } from "@/components/action/use-action";
import { FormError } from "@/components/form/form-error";
import { ToneBadge } from "@/components/ui/badge";
import { Button, IconButton } from "@/components/ui/button";
import type { ActionResult } from "@/lib/core/action-error";
import { testEventAction } from "../actions";

type Results = Extract<Awaited<ReturnType<typeof testEventAction>>, { ok: true }>["value"];

export interface EventTest {
  button: ReactNode;
  answer: ActionResult<Results> | null;
  pending: boolean;
  dismiss: () => void;
}

/** Sends a sample of the event through exactly the channels it would use. */
export function useEventTest(type: string): EventTest {
  const { run: act, pending } = useAction();
  const [answer, setAnswer] = useState<ActionResult<Results> | null>(null);
  const run = () => {
    setAnswer(null);
    act(() => testEventAction({ type }), {
      onSuccess: (value) => setAnswer({ ok: true, value }),
      onError: (error) => setAnswer({ ok: false, error }),
    });
  };
  return {
    answer,
    pending,
    dismiss: () => setAnswer(null),
    button: (
      <Button size="sm" pending={pending} onClick={run}>
        Test
      </Button>
    ),
  };
}

/** Result of the Test per channel, with the answer of each service that refused. */
export function TestResults({ test: { answer, pending, dismiss } }: { test: EventTest }) {
  return (
    <div role="status" className="col-span-full empty:hidden">
      {pending && <span className="sr-only">Testing</span>}
      {answer && (
        <div className="flex items-start gap-2 rounded-md bg-hover py-2 pr-1 pl-3 text-sm">
          <div className="min-w-0 flex-1">
            {answer.ok ? <ResultList results={answer.value.results} /> : <FormError error={answer.error} known={[]} />}
          </div>
          <IconButton label="Close results" size="sm" onClick={dismiss}>
            <X aria-hidden="true" className="size-3.5" />
          </IconButton>
        </div>
      )}
    </div>
  );
}

function ResultList({ results }: { results: Results["results"] }) {
  if (results.length === 0) {
    return <p className="py-0.5 text-muted">Nothing was sent: this event has no enabled channels.</p>;
  }
  return (
    <ul className="flex flex-col gap-2">
      {results.map(({ channelId, channelName, recipient, status, error, advice }) => (
        <li key={`${channelId} ${recipient ?? ""}`} className="flex flex-wrap items-start gap-x-3 gap-y-0.5 py-0.5">
          <span className="w-16 shrink-0">
            {status === "sent" ? (
              <ToneBadge tone="success">Sent</ToneBadge>
            ) : status === "partial" ? (
              <ToneBadge tone="warning">In part</ToneBadge>
            ) : (
              <ToneBadge tone="failure">Failed</ToneBadge>
            )}
          </span>
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            <span className="font-medium">{channelName}</span>
            {recipient && <span className="text-muted"> to {recipient}</span>}
            {error && <span className="block font-mono text-muted text-xs">{error}</span>}
            {advice && <span className="block text-muted text-xs">{advice}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
