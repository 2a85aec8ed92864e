import type { Metadata } from "next";
import { StandalonePage } from "@/components/shell/standalone-page";
import { LinkButton } from "@/components/ui/link-button";
import { invitationsGet } from "@/lib/services/invitations/accept";
import { pageOrNull } from "@/lib/web/page";
import { AuthForm, type AuthFormField } from "../../_components/auth-form";
import { acceptInvitationAction } from "./actions";

export const metadata: Metadata = { title: "Invitation" };

const FIELDS: AuthFormField[] = [
  {
    name: "password",
    label: "Password",
    type: "password",
    autoComplete: "new-password",
    help: "At least 10 characters. Three or more unrelated words work well.",
  },
];

export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const invited = await pageOrNull(invitationsGet, { token });
  if (!invited) {
    return (
      <StandalonePage
        title="This invitation is no longer valid"
        sub="It was used or replaced, or is older than seven days. Ask an administrator for a new one."
      >
        <LinkButton href="/login">Sign in</LinkButton>
      </StandalonePage>
    );
  }
  return (
    <StandalonePage title={`Welcome, ${invited.name}`} sub={`Choose the password for ${invited.email}.`}>
      <AuthForm action={acceptInvitationAction} fields={FIELDS} hidden={{ token }} submit="Set password" />
    </StandalonePage>
  );
}
