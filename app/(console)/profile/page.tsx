import type { Metadata } from "next";
import { RoleBadge } from "@/components/status/role-badge";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { profileGet } from "@/lib/services/profile/get";
import { page } from "@/lib/web/page";
import { PasswordForm } from "./_components/password-form";
import { ProfileForm } from "./_components/profile-form";

export const metadata: Metadata = { title: "Profile" };

export default async function ProfilePage() {
  const { name, email, role, timezone } = await page(profileGet, {});
  return (
    <Page narrow>
      <PageHeader title="Profile" sub="Your account" badge={<RoleBadge role={role} />} />
      <ProfileForm profile={{ name, email: email ?? "", timezone: timezone ?? "" }} />
      <PasswordForm email={email ?? ""} />
    </Page>
  );
}
