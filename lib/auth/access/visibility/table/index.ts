import type { Rule } from "../rule";
import { alertsAnswers, alertsEntities } from "./alerts";
import { channelsAnswers, channelsEntities } from "./channels";
import { clientsAnswers, clientsEntities } from "./clients";
import { deliveriesAnswers, deliveriesEntities } from "./deliveries";
import { endpointsAnswers, endpointsEntities } from "./endpoints";
import { installationAnswers, installationEntities } from "./installation";
import { jobsAnswers, jobsEntities } from "./jobs";
import { peopleAnswers, peopleEntities } from "./people";
import { repositoriesAnswers, repositoriesEntities } from "./repositories";
import { routingAnswers, routingEntities } from "./routing";
import { runsAnswers, runsEntities } from "./runs";
import type { Answers, Entity } from "./shorthand";
import { syncsAnswers, syncsEntities } from "./syncs";

/*
 * Who sees what: the one table of fields and roles, a file for each subject. `reveal` applies it to the answer of every
 * verb, so that pages, API, actions, and what they draw from, show the same. Administrators see everything; secrets are
 * never answered to anybody. docs/access.md is drawn from here.
 */

const entities = {
  ...runsEntities,
  ...jobsEntities,
  ...endpointsEntities,
  ...repositoriesEntities,
  ...channelsEntities,
  ...clientsEntities,
  ...syncsEntities,
  ...alertsEntities,
  ...deliveriesEntities,
  ...routingEntities,
  ...peopleEntities,
  ...installationEntities,
};

/** What answers are made of, by name, in the order of the documentation. */
export const ENTITIES: Readonly<Record<string, Entity>> = {
  job: entities.job,
  profile: entities.profile,
  signal: entities.signal,
  check: entities.check,
  run: entities.run,
  artifact: entities.artifact,
  endpoint: entities.endpoint,
  repository: entities.repository,
  archive: entities.archive,
  channel: entities.channel,
  client: entities.client,
  sync: entities.sync,
  event: entities.event,
  alert: entities.alert,
  inboxEntry: entities.inboxEntry,
  timelineStep: entities.timelineStep,
  delivery: entities.delivery,
  carried: entities.carried,
  user: entities.user,
  installation: entities.installation,
  provider: entities.provider,
  preview: entities.preview,
  silence: entities.silence,
  testResult: entities.testResult,
};

/** The answer of every verb that others than administrators may call. */
export const ANSWERS: Answers = together(
  runsAnswers,
  jobsAnswers,
  endpointsAnswers,
  repositoriesAnswers,
  channelsAnswers,
  clientsAnswers,
  syncsAnswers,
  alertsAnswers,
  deliveriesAnswers,
  routingAnswers,
  peopleAnswers,
  installationAnswers,
);

/** @throws Error where two subjects name the same verb: a defect */
function together(...parts: readonly Answers[]): Answers {
  const lines = parts.flatMap((part) => Object.entries(part));
  const table = new Map<string, Rule>(lines);
  if (table.size < lines.length) throw new Error("A verb has two lines in the table of visibility.");
  return Object.fromEntries(table);
}
