import type { Metadata } from "next";
import { Gate } from "@/components/shell/gate";
import { LinkButton } from "@/components/ui/link-button";
import { invitationsGet } from "@/lib/services/invitations/accept";
import { pageOrNull } from "@/lib/web/page";
import { type GateField, GateForm } from "../../_components/gate-form";
import { acceptInvitation } from "./actions";

export const metadata: Metadata = { title: "Invitation" };

const FIELDS: GateField[] = [
  {
    name: "password",
    label: "Password",
    type: "password",
    autoComplete: "new-password",
    help: "At least 10 characters. A few words make a good one.",
  },
];

export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const invited = await pageOrNull(invitationsGet, { token });
  if (!invited) {
    return (
      <Gate
        title="This invitation is no longer valid"
        sub="It was used, replaced or is older than seven days. Ask an administrator for a new one."
      >
        <LinkButton href="/login">Sign in</LinkButton>
      </Gate>
    );
  }
  return (
    <Gate title={`Welcome, ${invited.name}`} sub={`Choose the password for ${invited.email}.`}>
      <GateForm action={acceptInvitation} fields={FIELDS} hidden={{ token }} submit="Set password" />
    </Gate>
  );
}
