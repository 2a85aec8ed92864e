import { matchingPreview, matchPreviewSchema } from "@/lib/services/matching/preview";
import { routesCreate } from "@/lib/services/routes/create";
import { routesDelete } from "@/lib/services/routes/delete";
import { routesGet } from "@/lib/services/routes/get";
import { routesList } from "@/lib/services/routes/list";
import { routesUpdate } from "@/lib/services/routes/update";
import { routeViewSchema } from "@/lib/services/routes/view";
import { silencesCreate } from "@/lib/services/silences/create";
import { silencesDelete } from "@/lib/services/silences/delete";
import { silencesGet } from "@/lib/services/silences/get";
import { silencesList } from "@/lib/services/silences/list";
import { silencesUpdate } from "@/lib/services/silences/update";
import { silenceViewSchema } from "@/lib/services/silences/view";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

/** Silences, and routing for the whole installation. */
export const routingOperations: readonly Operation[] = [
  op("GET /silences", silencesList, { summary: "List silences", answer: pageSchema(silenceViewSchema) }),
  op("POST /silences", silencesCreate, {
    summary: "Hold or drop what the conditions match, once or recurring",
    status: 201,
    answer: silenceViewSchema,
  }),
  op("GET /silences/{id}", silencesGet, { summary: "Read a silence", answer: silenceViewSchema }),
  op("PATCH /silences/{id}", silencesUpdate, {
    summary: "Change the given fields of a silence; an `endsAt` that has passed ends it",
    answer: silenceViewSchema,
  }),
  op("DELETE /silences/{id}", silencesDelete, {
    summary: "Remove a silence and send what it held",
    answer: idAnswer,
  }),
  op("GET /routes", routesList, {
    summary: "List the routes of the installation",
    answer: pageSchema(routeViewSchema),
  }),
  op("POST /routes", routesCreate, {
    refusals: ["conflict", "limit"],
    summary: "Send what the conditions match to channels, or to an escalation policy",
    status: 201,
    answer: routeViewSchema,
  }),
  op("GET /routes/{id}", routesGet, { summary: "Read a route", answer: routeViewSchema }),
  op("PATCH /routes/{id}", routesUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of a route",
    answer: routeViewSchema,
  }),
  op("DELETE /routes/{id}", routesDelete, { summary: "Remove a route", answer: idAnswer }),
  op("POST /matching/preview", matchingPreview, {
    summary: "Count what conditions would have matched in the last seven days",
    answer: matchPreviewSchema,
  }),
];
