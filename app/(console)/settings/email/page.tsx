import type { Metadata } from "next";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { settingsEmailGet } from "@/lib/services/settings/email-get";
import { pageOrNull } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { EmailForm } from "./_components/email-form";

export const metadata: Metadata = { title: "Email" };

export default async function EmailPage() {
  const [settings, { email }] = await Promise.all([pageOrNull(settingsEmailGet, {}), currentUser()]);
  if (!settings) return null;
  return (
    <div className="max-w-[720px]">
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "Email" }]} />
      <EmailForm settings={settings} ownAddress={email} />
    </div>
  );
}
