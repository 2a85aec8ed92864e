import { RotateToken } from "@/components/job/rotate-token";
import { SignalList } from "@/components/job/signal-list";
import { mailListenerState } from "@/lib/core/mail-listener";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { signalsList } from "@/lib/services/receivers/list-signals";
import { page } from "@/lib/web/page";
import { rotateJobTokenAction } from "../actions";
import { ReportPart } from "./lazy-report-part";

/** How an external job is reported: what to copy, and what was reported last. */
export async function Reporting({ job, timezone }: { job: ExternalJobView; timezone: string }) {
  const { token, uuid, urls } = job;
  if (!token || !uuid || !urls?.plain) return null;
  const listener = mailListenerState();
  const mailTo = listener && urls.mailTo ? { address: urls.mailTo, port: listener.port } : null;
  const { items } = await page(signalsList, { jobId: job.id, limit: 10 });
  return (
    <>
      <ReportPart
        secrets={{ token, uuid }}
        base={urls.plain.slice(0, -`/in/${token}`.length)}
        timezone={timezone}
        mailTo={mailTo}
      />
      <SignalList signals={items} />
      <RotateToken jobId={job.id} name={job.name} rotate={rotateJobTokenAction} />
    </>
  );
}
