import { INBOX_SECTIONS, type InboxPosition } from "@/db/queries/inbox";
import { AppError } from "@/lib/core/errors";

/** A cursor of the inbox: section, when the walk began, and the last entry. Opaque to callers. */
export function cursorOf({ section, since, lastAt, id }: InboxPosition): string {
  return [section, since.toString(36), lastAt.toString(36), id].join(".");
}

/** @throws AppError `invalid` for what no page of this list has given out */
export function positionOfCursor(cursor: string): InboxPosition {
  const [name, since = "", lastAt = "", id = "", ...more] = cursor.split(".");
  const section = INBOX_SECTIONS.find((one) => one === name);
  const times = [since, lastAt].map((text) => (/^[0-9a-z]{1,11}$/.test(text) ? Number.parseInt(text, 36) : Number.NaN));
  const [began = Number.NaN, last = Number.NaN] = times;
  if (!section || !times.every(Number.isSafeInteger) || !/^[\w-]{1,64}$/.test(id) || more.length > 0) {
    const sentence = "This is not a cursor of this list.";
    throw new AppError("invalid", sentence, { fields: { cursor: sentence } });
  }
  return { section, since: began, lastAt: last, id };
}
