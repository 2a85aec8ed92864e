import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { channelsOptions } from "@/lib/services/channels/options";
import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { pageOrNull } from "@/lib/web/page";
import { NotificationSettingsForm } from "./_components/notification-settings-form";

export const metadata: Metadata = { title: "Notifications" };

export default async function NotificationsPage() {
  const [settings, channels] = await Promise.all([
    pageOrNull(settingsNotificationsGet, {}),
    pageOrNull(channelsOptions, {}),
  ]);
  if (!settings || !channels) return null;
  const { catalog, ...choices } = settings;
  return (
    <>
      <LiveRefresh topics={["settings", "channels"]} />
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "Notifications" }]} />
      <NotificationSettingsForm choices={choices} catalog={catalog} channels={channels} />
    </>
  );
}
