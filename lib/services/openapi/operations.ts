import type { Operation } from "./operation";
import { channels } from "./operations/channels";
import { endpoints } from "./operations/endpoints";
import { jobs } from "./operations/jobs";
import { notifications } from "./operations/notifications";
import { people } from "./operations/people";
import { settings } from "./operations/settings";

/** Every call of the management API: the table that routes requests and that the description is made of. */
export const OPERATIONS: readonly Operation[] = [
  ...channels,
  ...endpoints,
  ...jobs,
  ...notifications,
  ...settings,
  ...people,
];
