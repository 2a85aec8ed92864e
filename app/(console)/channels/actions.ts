"use server";

import { channelsCreate } from "@/lib/services/channels/create";
import { channelsDelete } from "@/lib/services/channels/delete";
import { channelsTest } from "@/lib/services/channels/test";
import { channelsTestDraft } from "@/lib/services/channels/test-draft";
import { channelsUpdate } from "@/lib/services/channels/update";
import { action } from "@/lib/web/action";

export const createChannel = action(channelsCreate);
export const updateChannel = action(channelsUpdate);
export const deleteChannel = action(channelsDelete);
export const testChannel = action(channelsTest);
export const testChannelDraft = action(channelsTestDraft);
