import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { StandalonePage } from "@/components/shell/standalone-page";
import { setupStatus } from "@/lib/services/setup/create";
import { page } from "@/lib/web/page";
import { callerAddress } from "@/lib/web/request";
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
    help: "At least 10 characters. A passphrase works well.",
  },
];

const CODE: AuthFormField = {
  name: "code",
  label: "Setup code",
  type: "text",
  autoComplete: "off",
  help: "You are connecting from another machine. Enter the code that Belfry printed at startup.",
};

export default async function SetupPage() {
  const status = await page(setupStatus, { address: callerAddress(await headers()) });
  if (!status.isOpen) redirect("/login");
  return (
    <StandalonePage title="Welcome to Belfry" sub="Create the first administrator account.">
      <AuthForm
        action={createFirstAdminAction}
        fields={status.needsCode ? [...FIELDS, CODE] : FIELDS}
        submit="Create account"
      />
    </StandalonePage>
  );
}
