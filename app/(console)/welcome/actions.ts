"use server";

import { channelsCreate } from "@/lib/services/channels/create";
import { channelsRecognise } from "@/lib/services/channels/recognise";
import { channelsTestDraft } from "@/lib/services/channels/test-draft";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { action } from "@/lib/web/action";

export const createChannel = action(channelsCreate);
export const recogniseChannel = action(channelsRecognise);
export const testChannelDraft = action(channelsTestDraft);
export const updateNotifications = action(settingsNotificationsUpdate);
