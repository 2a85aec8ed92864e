import { jobsOfSources } from "@/db/queries/endpoints";
import { allSources, sourceKind } from "@/lib/jobs/registry";
import { defineEndpointVerbs } from "@/lib/services/endpoints/verbs";

const verbs = defineEndpointVerbs({
  kinds: { name: "sources", noun: "source", all: allSources, find: sourceKind },
  idPrefix: "src",
  use: "read",
  jobsUsing: jobsOfSources,
  localPaths: (kind, config) => kind.localPaths(config),
  describe: async () => () => ({}),
});

export const sourcesList = verbs.list;
export const sourcesGet = verbs.get;
export const sourcesOptions = verbs.options;
export const sourceKinds = verbs.kinds;
export const sourcesCreate = verbs.create;
export const sourcesUpdate = verbs.update;
export const sourcesDelete = verbs.delete;
export const sourcesTest = verbs.test;
export const sourcesTestDraft = verbs.testDraft;
