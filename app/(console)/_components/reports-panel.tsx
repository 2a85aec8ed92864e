"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormError } from "@/components/form/form-error";
import { TestButton } from "@/components/form/test-button";
import { useVerbForm } from "@/components/form/use-verb-form";
import { formatDayTime, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Button } from "@/components/ui/button";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import type { ActionResult } from "@/lib/core/action-error";
import { REPORT_PERIODS, type ReportPeriod } from "@/lib/core/report";
import type { ReportsView } from "@/lib/services/reports/view";
import { sendReportAction } from "../report-actions";
import { ReportPreviewButton } from "./report-preview";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const HOURS = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, "0")}:00`,
}));
const DEFAULT_HOUR = 8;

type Settings = Pick<ReportsView, "dailyHour" | "weeklyDay" | "weeklyHour">;

interface Props {
  reports: ReportsView | null;
  /** The channel; left out: the account of the reader. */
  channelId?: string;
  /** What a report does here, a sentence. */
  about: string;
  /** Why none can be sent, a sentence. */
  problem?: string | null;
  save: (reports: Settings & { timezone: string | null }) => Promise<ActionResult<unknown>>;
}

/** Daily and weekly reports of a channel or an account: when, the next one in words, a preview, and one now. */
export function ReportsPanel({ reports, channelId, about, problem, save }: Props) {
  const router = useRouter();
  const [draft, setDraft] = useState<Settings>(
    () => reports ?? { dailyHour: null, weeklyDay: null, weeklyHour: DEFAULT_HOUR },
  );
  const [period, setPeriod] = useState<ReportPeriod>("daily");
  const timezone = reports?.timezone ?? null;
  const form = useVerbForm(save, { success: "Saved", onSuccess: () => router.refresh() });
  const which = { period, ...(channelId !== undefined && { channelId }) };
  const isOff = problem != null && !reports;
  return (
    <Panel
      title="Reports"
      aside={asideOf(reports)}
      footer={
        <div className="flex flex-wrap items-start gap-2">
          <Select
            aria-label="Report"
            className="w-28 shrink-0"
            value={period}
            onChange={(event) => setPeriod(event.target.value as ReportPeriod)}
            options={REPORT_PERIODS.map((value) => ({ value, label: value === "daily" ? "Daily" : "Weekly" }))}
          />
          <ReportPreviewButton which={which} disabled={isOff} />
          <SendNow which={which} disabled={isOff} />
        </div>
      }
    >
      <FieldStack>
        <p className="text-muted text-sm">{about}</p>
        {problem && <Note tone="warning">{problem}</Note>}
        <FormError error={form.error} known={["reports"]} />
        {form.fields.reports && <Note tone="failure">{form.fields.reports}</Note>}
        <WhenFields draft={draft} onChange={setDraft} disabled={isOff} />
        <NextText reports={reports} />
        <div>
          <Button pending={form.pending} disabled={isOff} onClick={() => form.submit({ ...draft, timezone })}>
            Save reports
          </Button>
        </div>
      </FieldStack>
    </Panel>
  );
}

function asideOf(reports: ReportsView | null): string {
  if (!reports) return "off";
  return [reports.dailyHour === null ? "" : "daily", reports.weeklyDay === null ? "" : "weekly"]
    .filter(Boolean)
    .join(" and ");
}

interface WhenProps {
  draft: Settings;
  onChange: (draft: Settings) => void;
  disabled: boolean;
}

function WhenFields({ draft, onChange, disabled }: WhenProps) {
  const numberOf = (value: string) => (value === "" ? null : Number(value));
  const off = { value: "", label: "Off" };
  return (
    <FormRow>
      <Field label="Daily report" help="About the day before">
        <Select
          value={draft.dailyHour ?? ""}
          disabled={disabled}
          onChange={(event) => onChange({ ...draft, dailyHour: numberOf(event.target.value) })}
          options={[off, ...HOURS]}
        />
      </Field>
      <Field label="Weekly report" help="About the seven days before">
        <Select
          value={draft.weeklyDay ?? ""}
          disabled={disabled}
          onChange={(event) => onChange({ ...draft, weeklyDay: numberOf(event.target.value) })}
          options={[off, ...DAYS.map((label, index) => ({ value: String(index + 1), label }))]}
        />
      </Field>
      {draft.weeklyDay !== null && (
        <Field label="Hour of the weekly report">
          <Select
            value={draft.weeklyHour}
            disabled={disabled}
            onChange={(event) => onChange({ ...draft, weeklyHour: Number(event.target.value) })}
            options={HOURS}
          />
        </Field>
      )}
    </FormRow>
  );
}

/** `Next: the daily one on Sat 28 Nov, 08:00; Europe/Berlin`. */
function NextText({ reports }: { reports: ReportsView | null }) {
  if (!reports) return <p className="text-muted text-sm">No report is sent.</p>;
  const { zone, nextDailyAt, nextWeeklyAt } = reports;
  const next = [
    nextDailyAt && `the daily one on ${formatDayTime(msOf(nextDailyAt), zone)}`,
    nextWeeklyAt && `the weekly one on ${formatDayTime(msOf(nextWeeklyAt), zone)}`,
  ].filter(Boolean);
  if (next.length === 0) return <p className="text-muted text-sm">No report is sent while this is disabled.</p>;
  return (
    <p className="text-sm">
      Next: {next.join(", ")} <span className="text-muted">({zone})</span>
    </p>
  );
}

function SendNow({ which, disabled }: { which: { period: ReportPeriod; channelId?: string }; disabled: boolean }) {
  const [done, setDone] = useState("Sent");
  return (
    <TestButton
      label="Send now"
      done={done}
      disabled={disabled}
      run={async () => {
        const answer = await sendReportAction(which);
        if (!answer.ok) return answer;
        const { recipients, channelName } = answer.value;
        setDone(`Sent through ${channelName}${recipients > 1 ? ` to ${pluralize(recipients, "recipient")}` : ""}`);
        return { ok: true, value: null };
      }}
    />
  );
}
