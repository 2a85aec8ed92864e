import type { ReactNode } from "react";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { LinkTabs } from "@/components/ui/tabs";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { currentUser } from "../current-user";

const TABS = [
  { href: "/settings/general", label: "General" },
  { href: "/settings/notifications", label: "Notifications" },
  { href: "/settings/email", label: "Email" },
  { href: "/settings/api-keys", label: "API keys" },
  { href: "/settings/tools", label: "Tools" },
  { href: "/settings/audit", label: "Audit log" },
];

/** The tabs of Settings; each is a page that saves only its own settings. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const { isAdmin } = await currentUser();
  return (
    <Page>
      <PageHeader title="Settings" />
      {isAdmin ? (
        <>
          <LinkTabs label="Settings" items={TABS} />
          {children}
        </>
      ) : (
        <AdminsOnlyNote what="view and change settings" />
      )}
    </Page>
  );
}
