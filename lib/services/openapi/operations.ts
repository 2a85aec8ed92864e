import type { Operation } from "./operation";
import { channels } from "./operations/channels";
import { places } from "./operations/endpoints";
import { jobs } from "./operations/jobs";
import { notifications } from "./operations/notifications";
import { people } from "./operations/people";
import { settings } from "./operations/settings";

/** Every call of the management API. A test holds the route files to this table, and it to them. */
export const OPERATIONS: readonly Operation[] = [
  ...channels,
  ...places,
  ...jobs,
  ...notifications,
  ...settings,
  ...people,
];
