import { TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import type { SignalState } from "@/lib/core/signal";

/** What a program reported, as it is shown. */
export interface ShownSignal {
  id: string;
  at: string;
  receiverName: string;
  state: SignalState;
  message: string | null;
  userAgent: string | null;
  runId: string | null;
}

const STATE_WORD: Record<SignalState, string> = {
  start: "Started",
  success: "Success",
  warning: "Warning",
  failure: "Failure",
  log: "Log",
  unknown: "Message",
};

/** What programs reported about a job last, newest first. */
export function SignalList({ signals }: { signals: readonly ShownSignal[] }) {
  return (
    <section aria-labelledby="last-reports" className="flex flex-col gap-2">
      <h3 id="last-reports" className="font-medium text-sm">
        Last reports
      </h3>
      {signals.length === 0 ? (
        <p className="text-muted text-sm">
          Nothing was reported yet. Copy the lines above into the program, and run it once: its report appears here.
        </p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {signals.map(({ id, at, receiverName, state, message, userAgent, runId }) => (
            <li key={id} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-1.5 text-sm">
              <span className="w-20 shrink-0 font-medium">
                {runId ? <TextLink href={`/runs/${runId}`}>{STATE_WORD[state]}</TextLink> : STATE_WORD[state]}
              </span>
              <span className="text-muted">
                {receiverName}
                {userAgent ? `, ${userAgent}` : ""}
              </span>
              <span className="ml-auto text-muted text-xs">
                <RelativeTime at={Date.parse(at)} />
              </span>
              {message && <span className="w-full text-muted text-xs [overflow-wrap:anywhere]">{message}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
