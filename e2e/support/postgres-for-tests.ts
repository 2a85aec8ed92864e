import { startPostgres } from "./postgres";

/** One cluster for the whole store suite; each test makes a database of its own in it. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.env.BELFRY_TEST_DATABASE_URL = server.url;
  return server.stop;
}
