"use server";

import { z } from "zod";
import type { PaletteEntry } from "@/components/shell/palette-entry";
import { currentActor } from "@/lib/auth/next";
import { type ActionResult, toActionError } from "@/lib/core/action-error";
import { AppError } from "@/lib/core/errors";
import { channelsList } from "@/lib/services/channels/list";
import { clientsList } from "@/lib/services/clients/list";
import { destinationsList } from "@/lib/services/destinations/verbs";
import { jobsList } from "@/lib/services/jobs/list";
import { notificationsList } from "@/lib/services/notifications/list";
import { sourcesList } from "@/lib/services/sources/verbs";
import { pageOrNull } from "@/lib/web/page";

const input = z.object({ q: z.string().trim().min(1).max(100) });
const EACH = 5;

/** What has a text in its name, the first few of each kind: each list leaves out what its reader does not see. */
export async function searchPaletteAction(asked: { q: string }): Promise<ActionResult<PaletteEntry[]>> {
  try {
    // Without a session the reading below would lead away from the page that is open.
    if (!(await currentActor())) throw new AppError("unauthenticated", "Your session has ended. Sign in to go on.");
    const { q } = input.parse(asked);
    const [jobs, channels, sources, destinations, clients, alerts] = await Promise.all([
      pageOrNull(jobsList, { q, limit: EACH }),
      pageOrNull(channelsList, { q, limit: EACH }),
      pageOrNull(sourcesList, { q, limit: EACH }),
      pageOrNull(destinationsList, { q, limit: EACH }),
      pageOrNull(clientsList, { q, limit: EACH }),
      pageOrNull(notificationsList, { q, limit: EACH, status: "open" }),
    ]);
    const entries = (kind: string, path: string, list: { items: { id: string; name: string }[] } | null) =>
      (list?.items ?? []).map(({ id, name }): PaletteEntry => ({ kind, label: name, href: `${path}/${id}` }));
    return {
      ok: true,
      value: [
        ...entries("Job", "/jobs", jobs),
        ...entries("Channel", "/channels", channels),
        ...(alerts?.items ?? []).map(({ id, title }) => ({
          kind: "Alert",
          label: title,
          href: `/notifications/${id}`,
        })),
        ...entries("Source", "/sources", sources),
        ...entries("Destination", "/destinations", destinations),
        ...entries("Client", "/clients", clients),
      ],
    };
  } catch (error) {
    return { ok: false, error: toActionError(error, "palette.search") };
  }
}
