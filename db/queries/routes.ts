import { asc, eq, max } from "drizzle-orm";
import { database } from "../client";
import type { RouteRow } from "../stores/routes";

/** In their order. There are few: a person made each. */
export async function listRoutes(): Promise<RouteRow[]> {
  const { orm, t } = database();
  return await orm.select().from(t.routes).orderBy(asc(t.routes.position), asc(t.routes.id));
}

export async function findRoute(id: string): Promise<RouteRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.routes).where(eq(t.routes.id, id)).limit(1);
  return row ?? null;
}

/** The position after the last route. */
export async function nextRoutePosition(): Promise<number> {
  const { orm, t } = database();
  const [row] = await orm.select({ last: max(t.routes.position) }).from(t.routes);
  return (row?.last ?? -1) + 1;
}

/** Names by id, of channels and escalation policies that exist. */
export async function routeTargetNames(): Promise<{ channels: Map<string, string>; policies: Map<string, string> }> {
  const { orm, t } = database();
  const { channels: c, escalationPolicies: e } = t;
  const channels = await orm.select({ id: c.id, name: c.name }).from(c);
  const policies = await orm.select({ id: e.id, name: e.name }).from(e);
  return {
    channels: new Map(channels.map(({ id, name }) => [id, name])),
    policies: new Map(policies.map(({ id, name }) => [id, name])),
  };
}
