import type { EventSetting } from "@/lib/core/routing";
import type { ChannelOption } from "@/lib/services/channels/options";

/** What is set on the tab. */
export interface Choices {
  globalChannels: string[];
  events: Record<string, EventSetting>;
}

/** Only what is to change. */
export interface ChoicesPatch {
  globalChannels?: string[];
  events?: Record<string, Partial<EventSetting>>;
}

/** An event as the tab shows it. */
export interface EventLine {
  type: string;
  name: string;
  category: string;
  description: string;
  canNotifyUser: boolean;
  isProblem: boolean;
}

/** The choices as they will be once the patch is saved. */
export function patched(choices: Choices, patch: ChoicesPatch): Choices {
  const events = { ...choices.events };
  for (const [type, change] of Object.entries(patch.events ?? {})) {
    const known = events[type];
    if (known) events[type] = { ...known, ...change };
  }
  return { globalChannels: patch.globalChannels ?? choices.globalChannels, events };
}

/** The channels an event goes to by this tab, in the order of the list; ids that are gone are left out. */
export function channelsOf(setting: EventSetting, choices: Choices, all: readonly ChannelOption[]): ChannelOption[] {
  const ids = setting.channels ?? choices.globalChannels;
  return all.filter(({ id }) => ids.includes(id));
}

/** A user can be told directly only through an Email channel that is on. */
export function canMailUser(channels: readonly ChannelOption[]): boolean {
  return channels.some(({ enabled, canMailPeople }) => enabled && canMailPeople);
}
