import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Columns } from "@/components/ui/page";
import { eventTypes } from "@/lib/services/events/types";
import { settingsEmailGet } from "@/lib/services/settings/email-get";
import { page, pageOrNull } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { AdminMailPanel } from "./_components/admin-mail-panel";
import { EmailForm } from "./_components/email-form";

export const metadata: Metadata = { title: "Email" };

export default async function EmailPage() {
  const [settings, { email }, types] = await Promise.all([
    pageOrNull(settingsEmailGet, {}),
    currentUser(),
    page(eventTypes, {}),
  ]);
  if (!settings) return null;
  const { mailAdmins, health, ...server } = settings;
  return (
    <>
      <LiveRefresh topics={["settings", "channels"]} />
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "Email" }]} />
      <Columns
        side={
          <AdminMailPanel
            types={types.filter(({ type }) => type in mailAdmins)}
            mailAdmins={mailAdmins}
            health={health}
          />
        }
      >
        <EmailForm settings={server} ownAddress={email} />
      </Columns>
    </>
  );
}
