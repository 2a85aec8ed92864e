import { makeTemplate } from "@/db/testing";
import { startPostgres } from "./postgres";

/** One cluster for the whole store suite; each test gets a copy of the migrated database in it. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.env.BELFRY_TEST_DATABASE_URL = server.url;
  const url = new URL(server.url);
  url.pathname = "/belfry_template";
  await makeTemplate({ url: url.href });
  process.env.BELFRY_TEST_POSTGRES_TEMPLATE = "belfry_template";
  return server.stop;
}
