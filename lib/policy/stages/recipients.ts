import type { RoutedChannel, RoutingSnapshot, Target } from "@/lib/core/routing";

/** Who gets a delivery of their own through a channel: its own targets, and the administrators where it is to mail them. */
export function channelRecipients(
  channel: RoutedChannel,
  snapshot: RoutingSnapshot,
): Pick<Target, "recipient" | "userId">[] {
  const fixed = channel.fixed.map((recipient) => ({ recipient, userId: null }));
  if (!channel.toAdmins) return fixed;
  return [...fixed, ...snapshot.admins.map(({ id, email }) => ({ recipient: email, userId: id }))];
}
