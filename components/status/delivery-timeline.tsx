import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";
import { formatClock, formatDateTime, formatDuration, formatLatency, pluralize } from "@/components/format";
import { ShapeMark } from "@/components/ui/badge";
import type { AttemptOutcome, ShownStatus } from "@/lib/core/delivery";

export interface TimelineAttempt {
  number: number;
  /** Milliseconds. */
  at: number;
  latencyMs: number;
  outcome: AttemptOutcome;
  /** The service's status: HTTP or SMTP. */
  status: number | null;
  error: string | null;
  advice: string | null;
  answer: string | null;
  retryAfterMs: number | null;
}

interface Props {
  /** When the event was recorded, milliseconds. */
  recordedAt: number;
  /** How many deliveries the event created. */
  deliveries?: number;
  attempts: readonly TimelineAttempt[];
  status: ShownStatus;
  /** When the next attempt is due; milliseconds. */
  dueAt?: number | null;
  timezone: string;
}

const OUTCOME_LABEL: Record<AttemptOutcome, string> = {
  sent: "sent",
  retry: "retry scheduled",
  rejected: "rejected permanently",
  gone: "target no longer exists",
  lost: "interrupted: Belfry stopped before an answer arrived",
};

/** Labels for attempts without a status in the answer. */
const OUTCOME_LABEL_WITHOUT_STATUS: Record<AttemptOutcome, string> = { ...OUTCOME_LABEL, retry: "no answer" };

/** History of one delivery, from the event to the last answer. */
export function DeliveryTimeline({ recordedAt, deliveries, attempts, status, dueAt, timezone }: Props) {
  const clock = (at: number) => (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at, timezone)}>
      {formatClock(at, timezone)}
    </time>
  );
  return (
    <ol className="flex flex-col gap-3 text-sm">
      <Step time={clock(recordedAt)} look="none">
        Event recorded
        {deliveries !== undefined && `, ${pluralize(deliveries, "delivery", "deliveries")} created`}
      </Step>
      {attempts.map((attempt) => (
        <Step key={attempt.number} time={clock(attempt.at)} look={attempt.outcome === "sent" ? "good" : "bad"}>
          Attempt {attempt.number}:{" "}
          <b className="font-medium">{attempt.status ?? OUTCOME_LABEL_WITHOUT_STATUS[attempt.outcome]}</b>,{" "}
          {formatLatency(attempt.latencyMs)}
          <AttemptDetails attempt={attempt} />
        </Step>
      ))}
      {status === "pending" && dueAt != null && (
        <Step time={clock(dueAt)} look="next">
          Next attempt
        </Step>
      )}
      {status === "sending" && (
        <Step time="now" look="next">
          Sending
        </Step>
      )}
    </ol>
  );
}

function AttemptDetails({ attempt }: { attempt: TimelineAttempt }) {
  const { error, answer, retryAfterMs, advice, status, outcome } = attempt;
  return (
    <>
      {error && <span className="text-muted"> {error}</span>}
      {!error && outcome !== "sent" && status !== null && <span className="text-muted"> {OUTCOME_LABEL[outcome]}</span>}
      {retryAfterMs !== null && (
        <span className="text-muted">
          {" "}
          The service asked to wait {retryAfterMs < 10_000 ? formatLatency(retryAfterMs) : formatDuration(retryAfterMs)}
          .
        </span>
      )}
      {answer && answer !== error && <Answer text={answer} />}
      {advice && <span className="block text-muted">{advice}</span>}
    </>
  );
}

const COLLAPSE_ABOVE = 160;

/** The answer of the service; a long one is collapsed. */
function Answer({ text }: { text: string }) {
  const full = <span className="block whitespace-pre-wrap font-mono text-faint text-xs">{text}</span>;
  if (text.length <= COLLAPSE_ABOVE) return full;
  return (
    <details>
      <summary className="inline-flex min-h-6 list-none items-center rounded-sm text-muted text-xs underline decoration-line-strong underline-offset-3 hover:text-ink">
        The service's answer
      </summary>
      {full}
    </details>
  );
}

const DOT = {
  none: { shape: "dot", colour: "text-line-strong" },
  good: { shape: "dot", colour: "text-success" },
  bad: { shape: "square", colour: "text-failure" },
  next: { shape: "ring", colour: "text-info" },
} as const;

function Step({ time, look, children }: { time: ReactNode; look: keyof typeof DOT; children: ReactNode }) {
  const { shape, colour } = DOT[look];
  return (
    <li className="grid grid-cols-[auto_1fr] gap-x-2.5 sm:grid-cols-[92px_auto_1fr]">
      <span className="num col-start-2 text-faint text-xs leading-5 sm:col-start-1">{time}</span>
      <ShapeMark shape={shape} className={classNames("col-start-1 row-start-1 mt-1.5 size-2 sm:col-start-2", colour)} />
      <div className="col-start-2 min-w-0 [overflow-wrap:anywhere] sm:col-start-3 sm:row-start-1">{children}</div>
    </li>
  );
}
