import type { Operation } from "./operation";
import { channelOperations } from "./operations/channels";
import { endpointOperations } from "./operations/endpoints";
import { jobOperations } from "./operations/jobs";
import { notificationOperations } from "./operations/notifications";
import { peopleOperations } from "./operations/people";
import { settingsOperations } from "./operations/settings";

/** Every call of the management API: the table that routes requests and that the description is made of. */
export const OPERATIONS: readonly Operation[] = [
  ...channelOperations,
  ...endpointOperations,
  ...jobOperations,
  ...notificationOperations,
  ...settingsOperations,
  ...peopleOperations,
];
