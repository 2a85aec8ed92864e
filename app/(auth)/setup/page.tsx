import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { StandalonePage } from "@/components/shell/standalone-page";
import { setupStatus } from "@/lib/services/setup/create";
import { page } from "@/lib/web/page";
import { AuthForm, type AuthFormField } from "../_components/auth-form";
import { createFirstAdminAction } from "./actions";

export const metadata: Metadata = { title: "Setup" };

const FIELDS: AuthFormField[] = [
  { name: "name", label: "Your name", type: "text", autoComplete: "name" },
  { name: "email", label: "Mail address", type: "email", autoComplete: "username" },
  {
    name: "password",
    label: "Password",
    type: "password",
    autoComplete: "new-password",
    help: "At least 10 characters. Three or more unrelated words work well.",
  },
];

const TIMEZONE: AuthFormField = {
  name: "timezone",
  label: "Time zone",
  type: "timezone",
  autoComplete: "off",
  help: "Times on screen and in messages. Each user may have one of their own.",
};

const ADDRESS: AuthFormField = {
  name: "ownAddress",
  label: "Address of Belfry",
  type: "address",
  autoComplete: "off",
  help: "Links in messages lead there. Enter the one that all who read them can open.",
};

const CODE: AuthFormField = {
  name: "code",
  label: "Setup code",
  type: "text",
  autoComplete: "off",
  help: "Belfry printed it when it started, together with the address of this page.",
};

export default async function SetupPage({ searchParams }: { searchParams: Promise<{ code?: string | string[] }> }) {
  const status = await page(setupStatus, {});
  if (!status.isOpen) redirect("/login");
  const { code } = await searchParams;
  // The printed address carries it.
  const value = typeof code === "string" && /^[\w-]{1,40}$/.test(code) ? code : undefined;
  return (
    <StandalonePage title="Welcome to Belfry" sub="Create the first administrator account.">
      <AuthForm
        action={createFirstAdminAction}
        fields={[...FIELDS, TIMEZONE, ADDRESS, { ...CODE, value }]}
        submit="Create account"
      />
    </StandalonePage>
  );
}
