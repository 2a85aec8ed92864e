import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { StandalonePage } from "@/components/shell/standalone-page";
import { currentActor } from "@/lib/auth/next";
import { setupStatus } from "@/lib/services/setup/create";
import { page } from "@/lib/web/page";
import { safePath } from "@/lib/web/request";
import { AuthForm, type AuthFormField } from "../_components/auth-form";
import { signInAction } from "./actions";

export const metadata: Metadata = { title: "Sign in" };

const FIELDS: AuthFormField[] = [
  { name: "email", label: "Mail address", type: "email", autoComplete: "username" },
  { name: "password", label: "Password", type: "password", autoComplete: "current-password" },
];

export default async function LoginPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  const back = safePath(typeof next === "string" ? next : null);
  if (await currentActor()) redirect(back ?? "/");
  if ((await page(setupStatus, {})).isOpen) redirect("/setup");
  return (
    <StandalonePage title="Sign in">
      <AuthForm action={signInAction} fields={FIELDS} hidden={back ? { next: back } : undefined} submit="Sign in" />
    </StandalonePage>
  );
}
