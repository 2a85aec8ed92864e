import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { RoleBadge } from "@/components/status/role-badge";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { INBOX_CATEGORIES } from "@/lib/services/notifications/list";
import { notificationsUnread } from "@/lib/services/notifications/unread";
import { profileGet } from "@/lib/services/profile/get";
import { profileSessions } from "@/lib/services/profile/sessions";
import { page } from "@/lib/web/page";
import { currentUser } from "../current-user";
import { InboxForm } from "./_components/inbox-form";
import { OwnReports } from "./_components/own-reports";
import { PasswordForm } from "./_components/password-form";
import { ProfileForm } from "./_components/profile-form";
import { QuietHoursPanel } from "./_components/quiet-hours-panel";
import { SessionsPanel } from "./_components/sessions-panel";

export const metadata: Metadata = { title: "Profile" };

export default async function ProfilePage() {
  const [profile, sessions, { preferences }] = await Promise.all([
    page(profileGet, {}),
    page(profileSessions, {}),
    page(notificationsUnread, {}),
  ]);
  const { name, email, role, timezone, quietHours, reports, reportsProblem } = profile;
  const user = await currentUser();
  return (
    <Page narrow>
      <LiveRefresh topics={["sessions"]} />
      <Crumbs items={[{ label: "Profile" }]} />
      <PageHeader title="Profile" sub="Your account" badge={<RoleBadge role={role} />} />
      <ProfileForm profile={{ name, email: email ?? "", timezone: timezone ?? "", isAdmin: role === "admin" }} />
      <InboxForm stored={preferences} categories={INBOX_CATEGORIES} />
      {!user.isLimited && <OwnReports reports={reports} problem={reportsProblem} />}
      <QuietHoursPanel quietHours={quietHours} timezone={user.timezone} />
      <PasswordForm email={email ?? ""} />
      <SessionsPanel sessions={sessions.items} />
    </Page>
  );
}
