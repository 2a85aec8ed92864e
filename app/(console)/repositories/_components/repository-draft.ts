import { sentThreshold, type TypedThreshold, typedThreshold } from "@/components/endpoint/typed-threshold";
import { RETENTION_SPANS } from "@/lib/core/repository";
import type { RepositoryView } from "@/lib/services/repositories/view";

type Span = (typeof RETENTION_SPANS)[number];

/** The settings of a repository on the form. Numbers and schedules are text; blank: none. */
export interface RepositoryDraft {
  name: string;
  location: string;
  /** Blank keeps what is stored. */
  passphrase: string;
  hostKey: string;
  keep: Record<Span, string>;
  compactsAfterPrune: boolean;
  check: string;
  compact: string;
  prune: string;
  timezone: string;
  threshold: TypedThreshold;
}

type Settings = Pick<
  RepositoryView,
  "name" | "location" | "hostKey" | "retention" | "compactsAfterPrune" | "schedules" | "threshold"
>;

/** @param timezone for schedules that have none yet */
export function repositoryDraftOf(repository: Settings, timezone: string): RepositoryDraft {
  const { name, location, hostKey, retention, compactsAfterPrune, schedules, threshold } = repository;
  const { check, compact, prune } = schedules;
  const isScheduled = check !== null || compact !== null || prune !== null;
  const keep = Object.fromEntries(RETENTION_SPANS.map((span) => [span, String(retention?.[span] ?? "")]));
  return {
    name,
    location,
    passphrase: "",
    hostKey: hostKey ?? "",
    keep: keep as Record<Span, string>,
    compactsAfterPrune,
    check: check ?? "",
    compact: compact ?? "",
    prune: prune ?? "",
    timezone: isScheduled ? schedules.timezone : timezone,
    threshold: typedThreshold(threshold),
  };
}

/** Only what was changed, as the verb takes it: what opens the repository is proven anew only where it was changed. */
export function repositoryChanges(saved: RepositoryDraft, draft: RepositoryDraft) {
  const counts = RETENTION_SPANS.flatMap((span) =>
    draft.keep[span].trim() === "" ? [] : [[span, Number(draft.keep[span])] as const],
  );
  const { check, compact, prune, timezone } = draft;
  const isSame = (name: keyof RepositoryDraft) => JSON.stringify(saved[name]) === JSON.stringify(draft[name]);
  const schedules = {
    check: check.trim() || null,
    compact: compact.trim() || null,
    prune: prune.trim() || null,
    timezone,
  };
  return {
    ...(!isSame("name") && { name: draft.name }),
    ...(!isSame("location") && { location: draft.location }),
    ...(draft.passphrase !== "" && { passphrase: draft.passphrase }),
    ...(!isSame("hostKey") && { hostKey: draft.hostKey.trim() || null }),
    ...(!isSame("keep") && { retention: counts.length > 0 ? Object.fromEntries(counts) : null }),
    ...(!isSame("compactsAfterPrune") && { compactsAfterPrune: draft.compactsAfterPrune }),
    ...(!isSame("threshold") && { threshold: sentThreshold(draft.threshold) }),
    ...(!(["check", "compact", "prune", "timezone"] as const).every(isSame) && { schedules }),
  };
}
