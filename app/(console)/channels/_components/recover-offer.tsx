"use client";

import { pluralize } from "@/components/format";
import { Note } from "@/components/ui/note";
import { RelativeTime } from "@/components/ui/relative-time";
import { RecoverButton } from "./recover-button";
import { resendLabel } from "./resend-label";

interface Props {
  channel: { id: string; name: string };
  lost: { count: number; since: string | null };
}

/** Offers to send again what a channel lost while it was failing, now that it works. */
export function RecoverOffer({ channel, lost: { count, since } }: Props) {
  return (
    <Note tone="warning" title={`${channel.name} works again`}>
      <p>
        {pluralize(count, "notification")} {count === 1 ? "was" : "were"} lost since it began to fail
        {since && (
          <>
            , <RelativeTime at={Date.parse(since)} format="full" />
          </>
        )}
        .
      </p>
      <div className="mt-2">
        <RecoverButton channel={channel} size="sm" label={resendLabel(count)} />
      </div>
    </Note>
  );
}
