import type { Metadata } from "next";
import { formatDateTime } from "@/components/format";
import { StandalonePage } from "@/components/shell/standalone-page";
import { LinkButton } from "@/components/ui/link-button";
import { isAppError } from "@/lib/core/errors";
import { type AcknowledgeLinkView, acknowledgeLinksGet } from "@/lib/services/acknowledge-links/acknowledge-link";
import { AuthForm } from "../../_components/auth-form";
import { acknowledgeAction } from "./actions";

export const metadata: Metadata = { title: "Acknowledge", robots: { index: false }, referrer: "no-referrer" };

/** Programs that check mail open every link: only the button acts. */
export default async function AcknowledgePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const found = await read(token);
  if ("problem" in found) {
    return (
      <StandalonePage title="Nothing was acknowledged" sub={found.problem}>
        <LinkButton href="/">Open Belfry</LinkButton>
      </StandalonePage>
    );
  }
  const at = (iso: string) => formatDateTime(Date.parse(iso), found.timezone);
  const since = `Since ${at(found.since)}.`;
  if (found.state === "acknowledged") {
    return (
      <StandalonePage title="This alert is acknowledged" sub={found.title}>
        <p className="mb-5 text-sm" role="status">
          {since} It was acknowledged by {found.by} on {at(found.at)}. It stays open until the problem is over;
          reminders have ended.
        </p>
        <LinkButton href="/">Open Belfry</LinkButton>
      </StandalonePage>
    );
  }
  return (
    <StandalonePage title="Acknowledge this alert?" sub={found.title}>
      <p className="mb-5 text-sm">
        {since} Acknowledging says that somebody takes care of it: it stays open, and reminders end.
      </p>
      <AuthForm action={acknowledgeAction} fields={[]} hidden={{ token }} submit="Acknowledge" />
    </StandalonePage>
  );
}

async function read(token: string): Promise<AcknowledgeLinkView | { problem: string }> {
  try {
    return await acknowledgeLinksGet.call(null, { token });
  } catch (error) {
    if (isAppError(error) && error.code === "invalid") return { problem: "This link is not valid." };
    if (isAppError(error) && ["not_found", "conflict"].includes(error.code)) return { problem: error.message };
    throw error;
  }
}
