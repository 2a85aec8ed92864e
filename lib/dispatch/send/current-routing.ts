import { routingNow } from "@/db/queries/dispatch";
import { topicCache } from "@/lib/core/topic-cache";
import { snapshotOf } from "../plan/routing-snapshot";

/** The routing at this moment, for the questions that are asked right before an attempt. */
export const currentRouting = topicCache(["channels", "settings", "users", "routing"], async () =>
  snapshotOf(await routingNow()),
);
