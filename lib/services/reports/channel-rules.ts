import { AppError } from "@/lib/core/errors";
import type { ReportSettings } from "@/lib/core/report";
import { audienceOf } from "@/lib/dispatch/send/resolve-provider";
import type { Provider } from "@/lib/providers/contract";
import type { Config } from "@/lib/secrets/config";

/**
 * A report is about no job, and goes to those whom the channel itself names.
 * @param config complete, with secrets
 * @throws AppError `invalid` beside `reports`
 */
export function assertMayReport(provider: Provider, config: Config, reports: ReportSettings | null): void {
  const problem = reports && channelProblem(provider, config);
  if (problem) throw new AppError("invalid", "Some fields are invalid.", { fields: { reports: problem } });
}

function channelProblem(provider: Provider, config: Config): string | null {
  const parsed = provider.configSchema.safeParse(config);
  // References to variables or files are no problem of the reports.
  if (!parsed.success) return null;
  if (provider.needsJob(parsed.data))
    return "The address of this channel names a job, and a report is about no job. Use a channel with an address of its own.";
  const { fixed, admins } = audienceOf({ provider, config: parsed.data });
  if (fixed.length === 0 && !admins) return "This channel has no recipients: enter some, or choose all administrators.";
  return null;
}
