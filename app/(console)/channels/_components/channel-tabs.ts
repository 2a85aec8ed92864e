/** In the order in which they stand. A new channel has no activity. */
export const CHANNEL_TABS = ["settings", "rules", "texts", "subscriptions", "activity"] as const;
export type ChannelTab = (typeof CHANNEL_TABS)[number];

export const CHANNEL_TAB_NAME: Record<ChannelTab, string> = {
  settings: "Settings",
  rules: "Delivery rules",
  texts: "Texts",
  subscriptions: "Subscriptions",
  activity: "Activity",
};

/** The tabs of a channel: a monitor takes neither texts nor system events, but reports. */
export function channelTabsOf({ isNew, isMonitor }: { isNew: boolean; isMonitor: boolean }): ChannelTab[] {
  return CHANNEL_TABS.filter((tab) => {
    if (tab === "activity") return !isNew;
    if (tab === "subscriptions") return !(isNew && isMonitor);
    return tab !== "texts" || !isMonitor;
  });
}

/** The tab that shows a field. */
export function channelTabOf(path: string): ChannelTab {
  if (/^(minSeverity|rateLimit|mutedUntil|quietHours)/.test(path)) return "rules";
  if (path.startsWith("texts")) return "texts";
  if (/^(events|reports)/.test(path)) return "subscriptions";
  return "settings";
}
