import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import pg from "pg";
import { expect, test } from "vitest";
import { startPostgres } from "./postgres";

const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("belfry-postgres-"));

test("a cluster of our own: two databases that know nothing of each other, and nothing is left", async () => {
  const before = left();
  const server = await startPostgres();
  const made = left().filter((name) => !before.includes(name));
  const [one, two] = ["one", "two"].map((name) => new pg.Client({ connectionString: server.createDatabase(name) }));
  await one?.connect();
  await two?.connect();
  await one?.query("create table bells (name text)");
  await one?.query("insert into bells values ('Große Glocke 🔔')");
  expect((await one?.query("select name from bells"))?.rows).toEqual([{ name: "Große Glocke 🔔" }]);
  await expect(two?.query("select name from bells")).rejects.toThrow("does not exist");
  await one?.end();
  await two?.end();
  await server.stop();
  expect(made).toHaveLength(1);
  expect(made.filter((name) => existsSync(`${tmpdir()}/${name}`))).toEqual([]);
  await expect(new pg.Client({ connectionString: server.url }).connect()).rejects.toThrow();
});
