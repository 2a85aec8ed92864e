import type { List } from "./api";
import type { App } from "./app";

/** The lists whose newest entry a page with a parameter is about. */
const LISTS: Record<string, string> = {
  "/channels/[id]": "/channels",
  "/clients/[id]": "/clients",
  "/deliveries/[id]": "/deliveries",
  "/destinations/[id]": "/destinations",
  "/jobs/[id]": "/jobs",
  "/jobs/[id]/archives": "/jobs",
  "/notifications/[id]": "/notifications",
  "/repositories/[id]": "/repositories",
  "/repositories/[id]/archives": "/repositories",
  "/restore/[id]": "/artifacts",
  "/routing/profiles/[id]": "/profiles",
  "/routing/routes/[id]": "/routes",
  "/runs/[id]": "/runs?kind=backup",
  "/silences/[id]": "/silences",
  "/syncs/[id]": "/syncs",
  "/sources/[id]": "/sources",
  "/users/[id]": "/users",
};

/**
 * The address of a page, with the newest of what it is about.
 * @throws for a page with a parameter that is not named here: give it an example
 */
export async function exampleAddress(app: App, route: string): Promise<string> {
  if (!route.includes("[")) return route;
  const list = LISTS[route];
  if (!list) throw new Error(`${route} has no example: name a list of the interface that has one.`);
  const { items } = await app.api.get<List<{ id: string; jobId?: string | null; type?: string }>>(list);
  // Every role sees it: what is wrong with configuration backups is for administrators.
  const found = items.find(({ jobId, type }) => jobId !== null && !type?.startsWith("config_backup."));
  return route.replace("[id]", found?.id ?? "");
}
