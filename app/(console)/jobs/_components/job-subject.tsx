import { X } from "lucide-react";
import { LinkButton } from "@/components/ui/link-button";
import { channelsGet } from "@/lib/services/channels/get";
import { destinationsGet } from "@/lib/services/destinations/verbs";
import { sourcesGet } from "@/lib/services/sources/verbs";
import { pageOrNull } from "@/lib/web/page";

/** What a list of jobs is narrowed to: a source, a destination or a channel that they use. */
export interface JobSubject {
  filters: { sourceId?: string; destinationId?: string; channelId?: string };
  /** In words: `Source web files`. */
  text: string;
}

/** Reads the subject that an address names; null without one, and for one that its reader does not see. */
export async function readJobSubject(search: Record<string, string | undefined>): Promise<JobSubject | null> {
  const { sourceId, destinationId, channelId } = search;
  if (sourceId) {
    const source = await pageOrNull(sourcesGet, { id: sourceId });
    return source && { filters: { sourceId }, text: `Source ${source.name}` };
  }
  if (destinationId) {
    const destination = await pageOrNull(destinationsGet, { id: destinationId });
    return destination && { filters: { destinationId }, text: `Destination ${destination.name}` };
  }
  if (channelId) {
    const channel = await pageOrNull(channelsGet, { id: channelId });
    return channel && { filters: { channelId }, text: `Channel ${channel.name}` };
  }
  return null;
}

/** Names the subject above the list, and leads back to all jobs. */
export function JobSubjectBar({ subject }: { subject: JobSubject }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 text-sm">
      <p className="min-w-0">
        Jobs of <b className="font-medium">{subject.text}</b>
      </p>
      <LinkButton href="/jobs" size="sm" variant="ghost" icon={<X aria-hidden="true" className="size-3.5" />}>
        All jobs
      </LinkButton>
    </div>
  );
}
