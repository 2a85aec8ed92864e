import { describe, expect, it } from "vitest";
import type { EventSetting } from "@/lib/core/routing";
import { applyPatch, channelsOf, hasMailChannel } from "./choices";

const setting: EventSetting = {
  enabled: true,
  channels: null,
  notifyUser: "none",
  repeat: "every",
  remindHours: null,
  notifyOnRecovery: true,
};
const choices = {
  globalChannels: ["a"],
  acknowledgeLinks: true,
  events: { "user.login": setting, "system.error": setting },
  fallbackChannels: [],
  fallbackAfterMinutes: 15,
};
const messageOptions = { priority: false, tags: false, sound: false, mentions: null };
const option = { provider: "x", providerLabel: "X", purpose: "message" as const, ruleStates: [], messageOptions };
const all = [
  { ...option, id: "a", name: "A", enabled: true, canMailPeople: false },
  { ...option, id: "b", name: "B", enabled: false, canMailPeople: true },
  { ...option, id: "c", name: "C", enabled: true, canMailPeople: true },
];

describe("the choices of the Notifications tab", () => {
  it("pain 36: a patch changes only what it names", () => {
    const next = applyPatch(choices, { events: { "user.login": { enabled: false } } });
    expect(next.events["user.login"]).toEqual({ ...setting, enabled: false });
    expect(next.events["system.error"]).toBe(setting);
    expect(next.globalChannels).toEqual(["a"]);
  });

  it("prefers the event's own channels over the global ones, even an empty list", () => {
    expect(channelsOf(setting, choices, all).map(({ id }) => id)).toEqual(["a"]);
    expect(channelsOf({ ...setting, channels: ["c", "gone"] }, choices, all).map(({ id }) => id)).toEqual(["c"]);
    expect(channelsOf({ ...setting, channels: [] }, choices, all)).toEqual([]);
  });

  it("can notify the user only through an enabled Email channel", () => {
    expect(hasMailChannel(all.slice(0, 2))).toBe(false);
    expect(hasMailChannel(all)).toBe(true);
  });
});
