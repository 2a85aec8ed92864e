"use server";

import { channelsCreate } from "@/lib/services/channels/create";
import { channelsDelete } from "@/lib/services/channels/delete";
import { channelsDuplicate } from "@/lib/services/channels/duplicate";
import { channelsPreview } from "@/lib/services/channels/preview";
import { channelsRecognise } from "@/lib/services/channels/recognise";
import { channelsTest } from "@/lib/services/channels/test";
import { channelsTestDraft } from "@/lib/services/channels/test-draft";
import { channelsUpdate } from "@/lib/services/channels/update";
import { action } from "@/lib/web/action";

export const createChannel = action(channelsCreate);
export const updateChannel = action(channelsUpdate);
export const deleteChannel = action(channelsDelete);
export const duplicateChannel = action(channelsDuplicate);
export const recogniseChannel = action(channelsRecognise);
export const testChannel = action(channelsTest);
export const testChannelDraft = action(channelsTestDraft);
export const previewMessage = action(channelsPreview);
