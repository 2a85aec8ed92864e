import { z } from "zod";
import { channelsCreate } from "@/lib/services/channels/create";
import { channelsDelete } from "@/lib/services/channels/delete";
import { channelsDuplicate } from "@/lib/services/channels/duplicate";
import { channelsGet } from "@/lib/services/channels/get";
import { channelHistorySchema, channelsHistory } from "@/lib/services/channels/history";
import { channelsList } from "@/lib/services/channels/list";
import { channelsLost, lostSchema } from "@/lib/services/channels/lost";
import { channelMoveSchema, channelsMove } from "@/lib/services/channels/move";
import { channelPreviewSchema, channelsPreview } from "@/lib/services/channels/preview";
import { channelsRecognise, recognisedSchema } from "@/lib/services/channels/recognise";
import { channelsRecover, recoveredSchema } from "@/lib/services/channels/recover";
import { channelsTest } from "@/lib/services/channels/test";
import { channelsTestDraft } from "@/lib/services/channels/test-draft";
import { channelsUpdate } from "@/lib/services/channels/update";
import { channelViewSchema } from "@/lib/services/channels/view";
import { providersList } from "@/lib/services/providers/list";
import * as answers from "../answers";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

const channelBody = { refs: { config: "ChannelConfig" } };

/** Channels and the services they use. */
export const channelOperations: readonly Operation[] = [
  op("GET /channels", channelsList, { summary: "List channels", answer: pageSchema(channelViewSchema) }),
  op("POST /channels", channelsCreate, {
    refusals: ["conflict"],
    summary: "Create a channel",
    status: 201,
    answer: channelViewSchema,
    ...channelBody,
  }),
  op("GET /channels/{id}", channelsGet, { summary: "Read a channel", answer: channelViewSchema }),
  op("PATCH /channels/{id}", channelsUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of a channel",
    answer: channelViewSchema,
    ...channelBody,
  }),
  op("DELETE /channels/{id}", channelsDelete, {
    refusals: ["conflict"],
    summary: "Delete a channel that is not in use",
    answer: idAnswer,
  }),
  op("POST /channels/{id}/test", channelsTest, {
    refusals: ["delivery_failed"],
    summary: "Send a Test through a channel",
    answer: answers.testSent,
  }),
  op("GET /channels/{id}/history", channelsHistory, {
    summary: "How a channel did on each of the last 30 days",
    answer: channelHistorySchema,
  }),
  op("GET /channels/{id}/lost", channelsLost, {
    summary: "Count what a channel has lost since it began to fail",
    answer: lostSchema,
  }),
  op("POST /channels/{id}/recover", channelsRecover, {
    refusals: ["conflict"],
    summary: "Send again what a channel has lost since a time",
    answer: recoveredSchema,
  }),
  op("POST /channels/test", channelsTestDraft, {
    refusals: ["not_found", "delivery_failed"],
    summary: "Send a Test through an unsaved channel",
    answer: answers.testSent,
    ...channelBody,
  }),
  op("POST /channels/preview", channelsPreview, {
    refusals: ["not_found"],
    summary: "Preview a message as the channel's service shows it",
    answer: channelPreviewSchema,
    ...channelBody,
  }),
  op("POST /channels/{id}/duplicate", channelsDuplicate, {
    refusals: ["conflict"],
    summary: "Duplicate a channel with its secrets; the copy is disabled",
    status: 201,
    answer: channelViewSchema,
  }),
  op("POST /channels/{id}/move", channelsMove, {
    refusals: ["not_found"],
    summary: "Hand everything that uses a channel to another one",
    answer: channelMoveSchema,
  }),
  op("POST /channels/recognise", channelsRecognise, {
    summary: "Recognise the service of a pasted address and fill in its form",
    answer: recognisedSchema,
  }),
  op("GET /providers", providersList, {
    summary: "List the services a channel can use, with their forms",
    answer: z.array(answers.provider),
  }),
];
