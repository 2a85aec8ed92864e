import type { Operation } from "./operation";
import { channels } from "./operations/channels";
import { notifications } from "./operations/notifications";
import { people } from "./operations/people";
import { settings } from "./operations/settings";

/** Every call of the management API. A test holds the route files to this table, and it to them. */
export const OPERATIONS: readonly Operation[] = [...channels, ...notifications, ...settings, ...people];
