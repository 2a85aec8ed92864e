import { describe, expect, it } from "vitest";
import { CHANNEL_TABS, channelTabOf, channelTabsOf } from "./channel-tabs";

describe("the tabs of a channel", () => {
  it("are all, for a stored channel that takes messages", () => {
    expect(channelTabsOf({ isNew: false, isMonitor: false })).toEqual([...CHANNEL_TABS]);
  });

  it("leave out activity where nothing was sent, and texts and system events where a monitor takes none", () => {
    expect(channelTabsOf({ isNew: true, isMonitor: false })).not.toContain("activity");
    expect(channelTabsOf({ isNew: false, isMonitor: true })).toEqual([
      "settings",
      "rules",
      "subscriptions",
      "activity",
    ]);
    expect(channelTabsOf({ isNew: true, isMonitor: true })).toEqual(["settings", "rules"]);
  });

  it.each([
    ["name", "settings"],
    ["config.webhookUrl", "settings"],
    ["labels.team", "settings"],
    ["minSeverity", "rules"],
    ["rateLimit.perSeconds", "rules"],
    ["texts.outcomes.failure.message", "texts"],
    ["events.0", "subscriptions"],
  ])("show %s in %s", (path, tab) => {
    expect(channelTabOf(path)).toBe(tab);
  });
});
