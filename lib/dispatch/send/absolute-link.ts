import type { Notification } from "@/lib/core/notification";

/** Paths of the console become absolute when Belfry's own address is known; otherwise there is no link. */
export function withAbsoluteLink(notification: Notification, baseUrl: string | null): Notification {
  const { link } = notification;
  if (!link || /^https?:/.test(link.url)) return notification;
  if (!baseUrl) return { ...notification, link: undefined };
  return { ...notification, link: { ...link, url: `${baseUrl}${link.url}` } };
}
