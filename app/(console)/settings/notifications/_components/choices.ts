import type { EventSetting } from "@/lib/core/routing";
import type { ChannelOption } from "@/lib/services/channels/options";

/** The settings of the tab. */
export interface Choices {
  globalChannels: string[];
  acknowledgeLinks: boolean;
  events: Record<string, EventSetting>;
  fallbackChannels: string[];
  fallbackAfterMinutes: number;
}

/** The settings to change. */
export interface ChoicesPatch {
  globalChannels?: string[];
  acknowledgeLinks?: boolean;
  events?: Record<string, Partial<EventSetting>>;
  fallbackChannels?: string[];
  fallbackAfterMinutes?: number;
}

/** A system event as the tab shows it. */
export interface SystemEventItem {
  type: string;
  name: string;
  category: string;
  description: string;
  canNotifyUser: boolean;
  isProblem: boolean;
  /** It is enabled, and nobody would be notified of it. */
  reachesNobody: boolean;
}

/** The choices after the patch. */
export function applyPatch(choices: Choices, patch: ChoicesPatch): Choices {
  const events = { ...choices.events };
  for (const [type, change] of Object.entries(patch.events ?? {})) {
    const known = events[type];
    if (known) events[type] = { ...known, ...change };
  }
  return { ...choices, ...patch, events };
}

/** The channels that an event is sent to, in the order of the list; unknown ids are omitted. */
export function channelsOf(setting: EventSetting, choices: Choices, all: readonly ChannelOption[]): ChannelOption[] {
  const ids = setting.channels ?? choices.globalChannels;
  return all.filter(({ id }) => ids.includes(id));
}

/** A user can be notified directly only through an enabled Email channel. */
export function hasMailChannel(channels: readonly ChannelOption[]): boolean {
  return channels.some(({ enabled, canMailPeople }) => enabled && canMailPeople);
}
