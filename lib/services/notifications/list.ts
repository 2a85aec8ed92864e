import { z } from "zod";
import { type InboxFilters, readInbox, worstOpen } from "@/db/queries/inbox";
import { SUBJECT_KINDS } from "@/lib/core/event";
import { ENTRY_STATUSES } from "@/lib/core/inbox";
import { SEVERITIES, type Severity } from "@/lib/core/severity";
import { CATEGORIES } from "@/lib/events/catalog";
import { type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { cursorOf, positionOfCursor } from "./cursor";
import { hiddenFrom, readerOf } from "./reader";
import { preferencesOf, typesOf, unreadOf } from "./unread";
import { type EntryView, entryView } from "./view";

/** What entries can be narrowed to, in the order of the catalogue. */
export const INBOX_CATEGORIES = CATEGORIES;
export type InboxCategory = (typeof INBOX_CATEGORIES)[number];

/** Longer than any name. */
const MAX_SEARCH = 200;

const searchField = z.string().trim().max(MAX_SEARCH, `At most ${MAX_SEARCH} characters.`).optional();

/**
 * The inbox: open alerts, the last occurrence first, then events that touched no alert, then resolved alerts. With a
 * filter a page may hold fewer entries than asked for, or none, and still be followed by another.
 */
export const notificationsList = defineVerb({
  name: "notifications.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** `open`: alerts that are not resolved. */
    status: z.enum(["open", ...ENTRY_STATUSES], "There is no such status.").optional(),
    severity: z.enum(SEVERITIES, "There is no such severity.").optional(),
    category: z.enum(CATEGORIES, "There is no such category.").optional(),
    /** `job/job_…`, or a part of the subject's name. */
    subject: searchField,
    /** In title, message or the subject's name. */
    q: searchField,
  }),
  async run({ actor, now }, { cursor, limit, status, severity, category, subject, q }): Promise<InboxPageView> {
    const [reader, preferences] = await Promise.all([readerOf(actor), preferencesOf(actor)]);
    const filters: InboxFilters = {
      status,
      severity,
      types: category && (typesOf([category]) ?? undefined),
      ...subjectFilter(subject),
      text: q || undefined,
    };
    const [{ entries, next }, unread, worst] = await Promise.all([
      readInbox({
        reader,
        hidden: hiddenFrom(actor),
        filters,
        after: cursor === undefined ? null : positionOfCursor(cursor),
        limit,
        now,
      }),
      unreadOf(actor, reader, preferences, now),
      worstOpen(hiddenFrom(actor), now),
    ]);
    return {
      items: entries.map((entry) => entryView(entry, now)),
      nextCursor: next && cursorOf(next),
      unread,
      worst,
    };
  },
});

/** A page of the inbox, with what the badge and the icon of the tab show. */
type InboxPageView = PageOf<EntryView> & { unread: number; worst: Severity | null };

function subjectFilter(subject: string | undefined): Pick<InboxFilters, "subject" | "subjectName"> {
  if (!subject) return {};
  const [word = "", ...rest] = subject.split("/");
  const kind = SUBJECT_KINDS.find((one) => one === word);
  return kind && rest.length > 0 ? { subject: { kind, id: rest.join("/") } } : { subjectName: subject };
}
