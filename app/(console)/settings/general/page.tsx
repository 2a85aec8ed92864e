import type { Metadata } from "next";
import { describeExpectation } from "@/components/cron/expectation";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Note } from "@/components/ui/note";
import { untrustedProxies, untrustedProxySentence } from "@/lib/core/untrusted-proxy";
import { channelsOptions } from "@/lib/services/channels/options";
import { configBackupGet } from "@/lib/services/config-backup/get";
import { destinationsOptions } from "@/lib/services/destinations/verbs";
import { settingsGeneralGet } from "@/lib/services/settings/general-get";
import { settingsHeartbeatGet } from "@/lib/services/settings/heartbeat-get";
import { pageOrNull } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { ConfigBackupForm } from "./_components/config-backup-form";
import { ConfigDownload } from "./_components/config-download";
import { ConfigRestore } from "./_components/config-restore";
import { GeneralForm } from "./_components/general-form";
import { HeartbeatForm } from "./_components/heartbeat-form";
import { MailListenerPanel } from "./_components/mail-listener-panel";

/** Of backups of the configuration: before those of most jobs. */
const PROPOSED_CRON = "30 1 * * *";

export const metadata: Metadata = { title: "General" };

export default async function GeneralPage() {
  const { isAdmin } = await currentUser();
  if (!isAdmin) return null;
  const [settings, backup, destinations, heartbeat, channels] = await Promise.all([
    pageOrNull(settingsGeneralGet, {}),
    pageOrNull(configBackupGet, {}),
    pageOrNull(destinationsOptions, {}),
    pageOrNull(settingsHeartbeatGet, {}),
    pageOrNull(channelsOptions, {}),
  ]);
  if (!settings || !backup) return null;
  const { lastRun, nextRunAt, ...choices } = backup;
  const schedule = choices.schedule ?? { cron: PROPOSED_CRON, timezone: settings.timezone };
  return (
    <div className="flex max-w-[720px] flex-col gap-5">
      <LiveRefresh topics={["runs", "settings"]} />
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "General" }]} />
      {untrustedProxies().map((peer) => (
        <Note key={peer} tone="warning">
          {untrustedProxySentence(peer)}
        </Note>
      ))}
      <GeneralForm settings={settings} />
      {heartbeat && channels && (
        <HeartbeatForm
          settings={heartbeat}
          monitors={channels.filter(({ purpose }) => purpose === "monitor")}
          last={{ ...heartbeat, sentAt: msOf(heartbeat.sentAt), errorAt: msOf(heartbeat.errorAt) }}
        />
      )}
      <MailListenerPanel listener={settings.mailListener} />
      <ConfigBackupForm
        settings={choices}
        destinations={destinations ?? []}
        schedule={schedule}
        scheduleText={describeExpectation(schedule)}
        last={{
          run: lastRun && {
            id: lastRun.id,
            status: lastRun.status,
            reasonCode: lastRun.reasonCode,
            at: msOf(lastRun.finishedAt ?? lastRun.startedAt ?? lastRun.queuedAt),
            error: lastRun.error,
          },
          nextAt: msOf(nextRunAt),
        }}
      />
      <ConfigDownload />
      <ConfigRestore />
    </div>
  );
}
