import { suggestLabels } from "../label-actions";
import { createDestination, deleteDestination, testDestinationDraft, updateDestination } from "./actions";

/** What forms do with destinations. */
export const DESTINATION_ACTIONS = {
  create: createDestination,
  update: updateDestination,
  remove: deleteDestination,
  suggestLabels,
  testDraft: testDestinationDraft,
};
