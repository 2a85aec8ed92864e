"use server";

import { channelsCreate } from "@/lib/services/channels/create";
import { channelsDelete } from "@/lib/services/channels/delete";
import { channelsDuplicate } from "@/lib/services/channels/duplicate";
import { channelsLost } from "@/lib/services/channels/lost";
import { channelsMove } from "@/lib/services/channels/move";
import { channelsPreview } from "@/lib/services/channels/preview";
import { channelsRecognise } from "@/lib/services/channels/recognise";
import { channelsRecover } from "@/lib/services/channels/recover";
import { channelsTest } from "@/lib/services/channels/test";
import { channelsTestDraft } from "@/lib/services/channels/test-draft";
import { channelsUpdate } from "@/lib/services/channels/update";
import { action } from "@/lib/web/action";

export const createChannelAction = action(channelsCreate);
export const updateChannelAction = action(channelsUpdate);
export const deleteChannelAction = action(channelsDelete);
export const duplicateChannelAction = action(channelsDuplicate);
export const moveChannelAction = action(channelsMove);
export const recogniseChannelAction = action(channelsRecognise);
export const channelLostAction = action(channelsLost);
export const recoverChannelAction = action(channelsRecover);
export const testChannelAction = action(channelsTest);
export const testChannelDraftAction = action(channelsTestDraft);
export const previewMessageAction = action(channelsPreview);
