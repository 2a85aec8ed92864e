import { z } from "zod";
import { destinationsCreate } from "@/lib/services/destinations/create";
import { destinationsDelete } from "@/lib/services/destinations/delete";
import { destinationsGet } from "@/lib/services/destinations/get";
import { destinationKindSchema, destinationKinds } from "@/lib/services/destinations/kinds";
import { destinationsList } from "@/lib/services/destinations/list";
import { destinationsTest } from "@/lib/services/destinations/test";
import { destinationsTestDraft } from "@/lib/services/destinations/test-draft";
import { destinationsUpdate } from "@/lib/services/destinations/update";
import { destinationViewSchema } from "@/lib/services/destinations/view";
import { sourcesCreate } from "@/lib/services/sources/create";
import { sourcesDelete } from "@/lib/services/sources/delete";
import { sourcesGet } from "@/lib/services/sources/get";
import { sourceKindSchema, sourceKinds } from "@/lib/services/sources/kinds";
import { sourcesList } from "@/lib/services/sources/list";
import { sourcesTest } from "@/lib/services/sources/test";
import { sourcesTestDraft } from "@/lib/services/sources/test-draft";
import { sourcesUpdate } from "@/lib/services/sources/update";
import { sourceViewSchema } from "@/lib/services/sources/view";
import * as answers from "../answers";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

const sourceBody = { refs: { config: "SourceConfig" } };
const destinationBody = { refs: { config: "DestinationConfig" } };

/** Sources and destinations. */
export const endpoints: readonly Operation[] = [
  op("GET /sources", sourcesList, { summary: "List sources", answer: pageSchema(sourceViewSchema) }),
  op("POST /sources", sourcesCreate, {
    summary: "Create a source",
    status: 201,
    answer: sourceViewSchema,
    ...sourceBody,
  }),
  op("GET /sources/{id}", sourcesGet, { summary: "Read a source", answer: sourceViewSchema }),
  op("PATCH /sources/{id}", sourcesUpdate, {
    summary: "Change the given fields of a source",
    answer: sourceViewSchema,
    ...sourceBody,
  }),
  op("DELETE /sources/{id}", sourcesDelete, { summary: "Delete a source that no job uses", answer: idAnswer }),
  op("POST /sources/{id}/test", sourcesTest, {
    summary: "Test a source the way a run reads it",
    answer: answers.endpointTested,
  }),
  op("POST /sources/test", sourcesTestDraft, {
    summary: "Test an unsaved source",
    answer: answers.endpointTested,
    ...sourceBody,
  }),
  op("GET /source-kinds", sourceKinds, {
    summary: "List the kinds of sources, with their forms",
    answer: z.array(sourceKindSchema),
  }),
  op("GET /destinations", destinationsList, {
    summary: "List destinations",
    answer: pageSchema(destinationViewSchema),
  }),
  op("POST /destinations", destinationsCreate, {
    summary: "Create a destination",
    status: 201,
    answer: destinationViewSchema,
    ...destinationBody,
  }),
  op("GET /destinations/{id}", destinationsGet, { summary: "Read a destination", answer: destinationViewSchema }),
  op("PATCH /destinations/{id}", destinationsUpdate, {
    summary: "Change the given fields of a destination",
    answer: destinationViewSchema,
    ...destinationBody,
  }),
  op("DELETE /destinations/{id}", destinationsDelete, {
    summary: "Delete a destination that no job uses",
    answer: idAnswer,
  }),
  op("POST /destinations/{id}/test", destinationsTest, {
    summary: "Test a destination the way a run writes to it",
    answer: answers.endpointTested,
  }),
  op("POST /destinations/test", destinationsTestDraft, {
    summary: "Test an unsaved destination",
    answer: answers.endpointTested,
    ...destinationBody,
  }),
  op("GET /destination-kinds", destinationKinds, {
    summary: "List the kinds of destinations, with their forms",
    answer: z.array(destinationKindSchema),
  }),
];
