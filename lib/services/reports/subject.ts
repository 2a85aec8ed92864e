import { channelById } from "@/db/queries/channels";
import type { ChannelRow } from "@/db/stores/channels";
import type { UserRow } from "@/db/stores/users";
import type { Actor } from "@/lib/auth/access/actor";
import { requirePermission } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import type { ReportPeriod } from "@/lib/core/report";
import { includesRole, type Role } from "@/lib/core/role";
import type { ReportData } from "@/lib/events/report-data";
import { reportSent } from "@/lib/events/report-sent";
import { gatherReport } from "@/lib/reports/gather";
import { CHANNEL_ROLE } from "@/lib/reports/send-due";
import { installationZone } from "@/lib/reports/zone";
import { requireProvider, usableConfig } from "@/lib/services/channels/config";
import { accountOfCaller } from "@/lib/services/profile/own";
import { assertMayReport } from "./channel-rules";

/** Whose report it is. */
export type ReportReader = { channel: ChannelRow } | { user: UserRow; role: Role };

/**
 * The channel that is named, which takes an administrator, or the caller.
 * @throws AppError `not_found`; `forbidden`; `invalid` for a channel that no report can go to
 */
export async function reportReader(actor: Actor, channelId: string | undefined): Promise<ReportReader> {
  if (channelId === undefined) {
    if (actor.kind !== "user" && actor.kind !== "api_key") {
      throw new AppError("invalid", "Name a channel: only accounts have reports of their own.");
    }
    const user = await accountOfCaller(actor);
    // A key says no more to its holder than its own role may see.
    return { user, role: includesRole(user.role, actor.role) ? actor.role : user.role };
  }
  requirePermission(actor, "admin");
  const channel = await channelById(channelId);
  if (!channel) throw new AppError("not_found", "There is no such channel.");
  const provider = requireProvider(channel.provider);
  const settings = channel.reports ?? { dailyHour: 0, weeklyDay: null, weeklyHour: 0 };
  assertMayReport(provider, usableConfig(provider, channel), settings);
  return { channel };
}

/** The event that a report of the last whole span would be, made of what is stored now. */
export async function reportDraft(
  reader: ReportReader,
  { period, now, sentBy }: { period: ReportPeriod; now: number; sentBy?: string },
): Promise<{ draft: EventDraft; report: ReportData }> {
  const installation = await installationZone();
  const isChannel = "channel" in reader;
  const { reports, name } = isChannel ? reader.channel : reader.user;
  const timezone = reports?.timezone ?? (isChannel ? null : reader.user.timezone) ?? installation;
  const role = isChannel ? CHANNEL_ROLE : reader.role;
  const gathered = await gatherReport({ period, timezone, role, dueAt: now, now });
  const report = { ...gathered, ...(sentBy !== undefined && { sentBy }) };
  const draft = reportSent.draft({
    subject: isChannel ? { kind: "channel", id: reader.channel.id, name } : { kind: "user", id: reader.user.id, name },
    at: now,
    data: { report },
    to: isChannel ? { channelId: reader.channel.id } : { user: { id: reader.user.id, email: reader.user.email } },
  });
  return { draft, report };
}
