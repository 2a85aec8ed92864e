import type { Operation } from "./operation";
import { channelOperations } from "./operations/channels";
import { clientOperations } from "./operations/clients";
import { endpointOperations } from "./operations/endpoints";
import { escalationOperations } from "./operations/escalation";
import { inboxOperations } from "./operations/inbox";
import { jobOperations } from "./operations/jobs";
import { notificationOperations } from "./operations/notifications";
import { peopleOperations } from "./operations/people";
import { profileOperations } from "./operations/profiles";
import { repositoryOperations } from "./operations/repositories";
import { routingOperations } from "./operations/routing";
import { settingsOperations } from "./operations/settings";
import { syncOperations } from "./operations/syncs";

/** Every call of the management API: the table that routes requests and that the description is made of. */
export const OPERATIONS: readonly Operation[] = [
  ...channelOperations,
  ...clientOperations,
  ...endpointOperations,
  ...repositoryOperations,
  ...jobOperations,
  ...syncOperations,
  ...profileOperations,
  ...notificationOperations,
  ...inboxOperations,
  ...escalationOperations,
  ...routingOperations,
  ...settingsOperations,
  ...peopleOperations,
];
