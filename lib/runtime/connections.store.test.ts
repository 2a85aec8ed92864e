import { renameSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import { openAlerts, until } from "@/lib/dispatch/pipeline-fixture";
import { checkConnections } from "@/lib/jobs/connection-checks";
import { destinationsGet } from "@/lib/services/destinations/verbs";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesDelete } from "@/lib/services/repositories/delete";
import { repositoriesGet } from "@/lib/services/repositories/get";
import { sourcesDelete, sourcesGet } from "@/lib/services/sources/verbs";
import { MINUTE, openWatchFixture } from "./testing/watch-fixture";

let fixture: Awaited<ReturnType<typeof openWatchFixture>>;
let now: number;
beforeEach(async () => {
  fixture = await openWatchFixture();
  now = Date.now();
});
afterEach(() => fixture.close());

/** Looks so many times, a minute after each other. */
async function minutes(count: number, answerMs?: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    now += MINUTE;
    await checkConnections(now, answerMs);
  }
}

async function raised(): Promise<string[]> {
  const { orm, t } = database();
  return (await orm.select().from(t.events).orderBy(t.events.id)).map(({ notification }) => notification.title);
}

const folderOf = (name: string) => join(fixture.jobs.folder, name);
const take = (name: string) => renameSync(folderOf(name), folderOf(`${name}.away`));
const putBack = (name: string) => renameSync(folderOf(`${name}.away`), folderOf(name));

test("the third look in a row that misses a destination says so, its return names the downtime, and the next time says so again", async () => {
  const id = await fixture.jobs.destination("disk");
  const connection = async () => (await destinationsGet.call(systemActor, { id })).connection;
  expect(await connection()).toMatchObject({ state: "unknown", checkedAt: null });
  await minutes(1);
  expect(await connection()).toMatchObject({ state: "online", since: null, problem: null });

  take("disk");
  await minutes(4);
  expect(await connection()).toMatchObject({ state: "online" });
  // Five minutes after the last look at one that answers, then each minute.
  await minutes(2);
  expect(await connection()).toMatchObject({ state: "missing" });
  expect(await raised()).toEqual([]);
  await minutes(3);
  expect(await raised()).toEqual(["Connection Offline: disk"]);
  await until(() => fixture.receiver.received.length === 1);
  const message = fixture.receiver.received[0]?.message ?? "";
  expect(message).toContain("3 looks in a row did not reach it");
  expect(message).toContain(folderOf("disk"));
  expect(await connection()).toMatchObject({ state: "offline", since: expect.any(String) });

  putBack("disk");
  await minutes(1);
  expect(await openAlerts()).toEqual([]);
  expect(await raised()).toEqual(["Connection Offline: disk", "Connection Recovered: disk"]);
  await until(() => fixture.receiver.received.length === 2);
  expect(fixture.receiver.received[1]).toMatchObject({ status: "resolved" });
  expect(fixture.receiver.received[1]?.message).toContain("not reached for 5 min");

  take("disk");
  await minutes(8);
  expect((await raised()).at(-1)).toBe("Connection Offline: disk");
  await until(() => fixture.receiver.received.length === 3);
});

test("two misses and an answer are no outage", async () => {
  await fixture.jobs.destination("disk");
  take("disk");
  await minutes(2);
  putBack("disk");
  await minutes(1);
  take("disk");
  await minutes(6);
  expect(await raised()).toEqual([]);
});

test("two that do not answer are two alerts; one that is deleted is no problem any more", async () => {
  const source = await fixture.jobs.source("directory", { path: folderOf("nothing") });
  await fixture.jobs.destination("disk");
  take("disk");
  await minutes(3);
  expect((await openAlerts()).map(({ subjectKind }) => subjectKind).sort()).toEqual(["destination", "source"]);
  await sourcesDelete.call(systemActor, { id: source });
  expect((await openAlerts()).map(({ subjectKind }) => subjectKind)).toEqual(["destination"]);
  await minutes(2);
  expect((await raised()).filter((title) => title.startsWith("Connection Offline"))).toHaveLength(2);
});

test("two processes that look at the same moment report it once", async () => {
  await fixture.jobs.destination("disk");
  take("disk");
  for (let index = 0; index < 3; index++) {
    now += MINUTE;
    await Promise.all([checkConnections(now), checkConnections(now)]);
  }
  expect(await raised()).toEqual(["Connection Offline: disk"]);
  putBack("disk");
  now += MINUTE;
  await Promise.all([checkConnections(now), checkConnections(now)]);
  expect(await raised()).toEqual(["Connection Offline: disk", "Connection Recovered: disk"]);
});

test("a server that takes the connection and says nothing is not reached, and holds up no other", async () => {
  const sockets = new Set<Socket>();
  const silent: Server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = silent.address() as AddressInfo;
    const config = { host: "127.0.0.1", port, user: "backup", database: "shop", verifyServer: false };
    const id = await fixture.jobs.source("postgres", config);
    const disk = await fixture.jobs.destination("disk");
    await minutes(3, 500);
    const { connection } = await sourcesGet.call(systemActor, { id });
    expect(connection).toMatchObject({ state: "offline", problem: "No answer within 0.5 s." });
    expect((await destinationsGet.call(systemActor, { id: disk })).connection.state).toBe("online");
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});

test("pain 24: the folder of a repository that is gone is offline, its return says so; a removed repository closes its alert", async () => {
  const { id } = await repositoriesCreate.call(systemActor, {
    name: "offsite",
    kind: "borg",
    location: folderOf("borg"),
    passphrase: "a passphrase of some length",
    create: true,
  });
  const connection = async () => (await repositoriesGet.call(systemActor, { id })).connection;
  expect((await connection()).state).toBe("unknown");
  await minutes(1);
  expect((await connection()).state).toBe("online");
  take("borg");
  await minutes(8);
  expect(await connection()).toMatchObject({ state: "offline", problem: expect.stringContaining(folderOf("borg")) });
  await until(() => fixture.receiver.received.length === 1);
  expect(fixture.titles()).toEqual(["Connection Offline: offsite"]);
  expect(fixture.receiver.received[0]?.message).toContain("The repository offsite does not answer");
  putBack("borg");
  await minutes(1);
  expect(await openAlerts()).toEqual([]);
  await until(() => fixture.receiver.received.length === 2);
  take("borg");
  await minutes(8);
  expect((await openAlerts()).map(({ subjectKind }) => subjectKind)).toEqual(["repository"]);
  await repositoriesDelete.call(systemActor, { id });
  expect(await openAlerts()).toEqual([]);
});

test("a repository whose SSH server does not answer is offline", async () => {
  const { id } = await repositoriesCreate.call(systemActor, {
    name: "offsite",
    kind: "restic",
    location: folderOf("restic"),
    passphrase: "a passphrase of some length",
    create: true,
  });
  const { orm, t } = database();
  await orm
    .update(t.repositories)
    .set({ location: `sftp://nobody@127.0.0.1:${await closedPort()}/backups`, mounts: null });
  await minutes(3, 15_000);
  expect((await repositoriesGet.call(systemActor, { id })).connection).toMatchObject({
    state: "offline",
    problem: expect.stringContaining("No SSH server answers at 127.0.0.1"),
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
