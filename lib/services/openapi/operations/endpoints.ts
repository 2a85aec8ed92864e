import { z } from "zod";
import { destinationsStorage, storageHistorySchema } from "@/lib/services/destinations/storage";
import { destinationViewSchema } from "@/lib/services/destinations/usage";
import {
  destinationKinds,
  destinationsCreate,
  destinationsDelete,
  destinationsGet,
  destinationsList,
  destinationsTest,
  destinationsTestDraft,
  destinationsUpdate,
} from "@/lib/services/destinations/verbs";
import { endpointKindSchema } from "@/lib/services/endpoints/kind";
import { endpointViewSchema } from "@/lib/services/endpoints/view";
import {
  sourceKinds,
  sourcesCreate,
  sourcesDelete,
  sourcesGet,
  sourcesList,
  sourcesTest,
  sourcesTestDraft,
  sourcesUpdate,
} from "@/lib/services/sources/verbs";
import * as answers from "../answers";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

const sourceBody = { refs: { config: "SourceConfig" } };
const destinationBody = { refs: { config: "DestinationConfig" } };

/** Sources and destinations. */
export const endpointOperations: readonly Operation[] = [
  op("GET /sources", sourcesList, { summary: "List sources", answer: pageSchema(endpointViewSchema) }),
  op("POST /sources", sourcesCreate, {
    refusals: ["conflict"],
    summary: "Create a source",
    status: 201,
    answer: endpointViewSchema,
    ...sourceBody,
  }),
  op("GET /sources/{id}", sourcesGet, { summary: "Read a source", answer: endpointViewSchema }),
  op("PATCH /sources/{id}", sourcesUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of a source",
    answer: endpointViewSchema,
    ...sourceBody,
  }),
  op("DELETE /sources/{id}", sourcesDelete, {
    refusals: ["conflict"],
    summary: "Delete a source that no job uses",
    answer: idAnswer,
  }),
  op("POST /sources/{id}/test", sourcesTest, {
    summary: "Test a source the way a run reads it",
    answer: answers.endpointTested,
  }),
  op("POST /sources/test", sourcesTestDraft, {
    refusals: ["not_found"],
    summary: "Test an unsaved source",
    answer: answers.endpointTested,
    ...sourceBody,
  }),
  op("GET /source-kinds", sourceKinds, {
    summary: "List the kinds of sources, with their forms",
    answer: z.array(endpointKindSchema),
  }),
  op("GET /destinations", destinationsList, {
    summary: "List destinations",
    answer: pageSchema(destinationViewSchema),
  }),
  op("POST /destinations", destinationsCreate, {
    refusals: ["conflict"],
    summary: "Create a destination",
    status: 201,
    answer: destinationViewSchema,
    ...destinationBody,
  }),
  op("GET /destinations/{id}", destinationsGet, { summary: "Read a destination", answer: destinationViewSchema }),
  op("GET /destinations/{id}/storage", destinationsStorage, {
    refusals: ["not_found"],
    summary: "Read how full a destination was in the last 90 days, and when it will be full",
    answer: storageHistorySchema,
  }),
  op("PATCH /destinations/{id}", destinationsUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of a destination",
    answer: destinationViewSchema,
    ...destinationBody,
  }),
  op("DELETE /destinations/{id}", destinationsDelete, {
    refusals: ["conflict"],
    summary: "Delete a destination that no job uses",
    answer: idAnswer,
  }),
  op("POST /destinations/{id}/test", destinationsTest, {
    summary: "Test a destination the way a run writes to it",
    answer: answers.endpointTested,
  }),
  op("POST /destinations/test", destinationsTestDraft, {
    refusals: ["not_found"],
    summary: "Test an unsaved destination",
    answer: answers.endpointTested,
    ...destinationBody,
  }),
  op("GET /destination-kinds", destinationKinds, {
    summary: "List the kinds of destinations, with their forms",
    answer: z.array(endpointKindSchema),
  }),
];
