import type { Metadata } from "next";
import { EscalationOptionsProvider } from "@/components/escalation/escalation-options";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { channelsOptions } from "@/lib/services/channels/options";
import { escalationPoliciesOptions } from "@/lib/services/escalation-policies/options";
import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { pageOrNull } from "@/lib/web/page";
import { NotificationSettingsForm } from "./_components/notification-settings-form";

export const metadata: Metadata = { title: "Notifications" };

export default async function NotificationsPage() {
  const [settings, channels, policies] = await Promise.all([
    pageOrNull(settingsNotificationsGet, {}),
    pageOrNull(channelsOptions, {}),
    pageOrNull(escalationPoliciesOptions, {}),
  ]);
  if (!settings || !channels) return null;
  const { catalog, ...choices } = settings;
  return (
    <>
      <LiveRefresh topics={["settings", "channels", "routing"]} />
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "Notifications" }]} />
      <EscalationOptionsProvider policies={policies ?? []}>
        <NotificationSettingsForm choices={choices} catalog={catalog} channels={channels} />
      </EscalationOptionsProvider>
    </>
  );
}
