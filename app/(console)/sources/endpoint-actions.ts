import { suggestLabels } from "../label-actions";
import { createSource, deleteSource, testSourceDraft, updateSource } from "./actions";

/** What forms do with sources. */
export const SOURCE_ACTIONS = {
  create: createSource,
  update: updateSource,
  remove: deleteSource,
  suggestLabels,
  testDraft: testSourceDraft,
};
