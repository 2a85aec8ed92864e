import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { RoleBadge } from "@/components/status/role-badge";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { profileGet } from "@/lib/services/profile/get";
import { profileSessions } from "@/lib/services/profile/sessions";
import { page } from "@/lib/web/page";
import { PasswordForm } from "./_components/password-form";
import { ProfileForm } from "./_components/profile-form";
import { SessionsPanel } from "./_components/sessions-panel";

export const metadata: Metadata = { title: "Profile" };

export default async function ProfilePage() {
  const [{ name, email, role, timezone }, sessions] = await Promise.all([
    page(profileGet, {}),
    page(profileSessions, {}),
  ]);
  return (
    <Page narrow>
      <LiveRefresh topics={["sessions"]} />
      <PageHeader title="Profile" sub="Your account" badge={<RoleBadge role={role} />} />
      <ProfileForm profile={{ name, email: email ?? "", timezone: timezone ?? "", isAdmin: role === "admin" }} />
      <PasswordForm email={email ?? ""} />
      <SessionsPanel sessions={sessions.items} />
    </Page>
  );
}
