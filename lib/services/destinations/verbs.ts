import { jobsOfDestinations } from "@/db/queries/endpoints";
import { allDestinations, destinationKind } from "@/lib/jobs/registry";
import { defineEndpointVerbs } from "@/lib/services/endpoints/verbs";
import { prepareDestination } from "./prepare";
import { readDestinationUsage } from "./usage";

const verbs = defineEndpointVerbs({
  kinds: { name: "destinations", noun: "destination", all: allDestinations, find: destinationKind },
  idPrefix: "dst",
  use: "store",
  hasThreshold: true,
  jobsUsing: jobsOfDestinations,
  describe: readDestinationUsage,
  localPaths(kind, config) {
    const root = kind.localRoot(config);
    return root === null ? [] : [root];
  },
  prepare: prepareDestination,
});

export const destinationsList = verbs.list;
export const destinationsGet = verbs.get;
export const destinationsOptions = verbs.options;
export const destinationKinds = verbs.kinds;
export const destinationsCreate = verbs.create;
export const destinationsUpdate = verbs.update;
export const destinationsDelete = verbs.delete;
export const destinationsTest = verbs.test;
export const destinationsTestDraft = verbs.testDraft;
