import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { setProviderIo } from "@/lib/dispatch/send/provider-io";
import { createHttp } from "@/lib/providers/kit/http";
import { createMail } from "@/lib/providers/kit/mail";
import { splitSecrets } from "@/lib/secrets/config";
import { setSecretKey } from "@/lib/secrets/key";
import { usersCreate } from "./create";
import { usersInvite } from "./invite";

const received: { to: string[]; text: string }[] = [];
let refuses = false;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onRcptTo(_address, _session, done) {
    done(refuses ? Object.assign(new Error("5.1.1 No such user here"), { responseCode: 550 }) : null);
  },
  onData(stream, session, done) {
    let text = "";
    stream.on("data", (chunk) => {
      text += String(chunk);
    });
    stream.on("end", () => {
      received.push({
        to: session.envelope.rcptTo.map(({ address }) => address),
        text: text.replaceAll("=\r\n", "").replaceAll("=3D", "="),
      });
      done();
    });
  },
});

const http = createHttp({ egress: "any", userAgent: "Belfry test" });
const mail = createMail({ egress: "any" });
let close: () => Promise<void>;
let port: number;

beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  setRuntimeValue("baseUrl", "https://belfry.example");
  setProviderIo({ http, mail });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  port = (server.server.address() as { port: number }).port;
});
afterAll(async () => {
  await Promise.all([http.close(), mail.close(), close()]);
  await new Promise<void>((done) => server.close(done));
});
beforeEach(async () => {
  received.length = 0;
  refuses = false;
  const { orm, t } = database();
  for (const table of [t.users, t.settings, t.channels, t.deliveries, t.events]) await orm.delete(table);
  const own = { host: "127.0.0.1", port, security: "none", from: "Belfry <belfry@example.org>" };
  const { plain, sealed } = splitSecrets(own, ["password"]);
  await orm.insert(t.settings).values({ key: "email", value: { config: plain, secrets: sealed }, updatedAt: 1 });
});

const ben = { name: "Ben <b>", email: "ben@example.org", role: "viewer" };

test("the invitation goes by the system mail server, and the answer holds no link", async () => {
  const made = await usersCreate.call(systemActor, ben);
  expect(made.invitation).toEqual({ status: "sent", via: "system_mail" });
  expect(received).toHaveLength(1);
  expect(received[0]?.to).toEqual(["ben@example.org"]);
  expect(received[0]?.text).toMatch(/https:\/\/belfry\.example\/invite\/[\w-]{43}/);
  expect(received[0]?.text).toContain("Ben &#60;b&#62;");
  expect(await usersInvite.call(systemActor, { id: made.id })).toEqual({
    invitation: { status: "sent", via: "system_mail" },
  });
  expect(received).toHaveLength(2);
});

test("pain 14: a refused invitation leaves the account, the server's message and the link to pass on", async () => {
  refuses = true;
  const made = await usersCreate.call(systemActor, ben);
  expect(made.status).toBe("invited");
  expect(made.invitation).toMatchObject({
    status: "not_sent",
    reason: expect.stringContaining("No such user here"),
    url: expect.stringContaining("https://belfry.example/invite/"),
  });
});

test("with notify-user on, welcome and invitation are one mail: the event's", async () => {
  const { orm, t } = database();
  await orm.insert(t.channels).values({
    id: "chn_mail",
    name: "Mail",
    provider: "email",
    enabled: true,
    config: { useSystemServer: true, from: "belfry@example.org", to: ["ops@example.org"] },
    subscriptions: [],
    createdAt: 1,
    updatedAt: 1,
  });
  const events = { "user.created": { enabled: true, notifyUser: "only" } };
  await orm
    .insert(t.settings)
    .values({ key: "notifications", value: { globalChannels: ["chn_mail"], events }, updatedAt: 1 });
  await orm.insert(t.settings).values({ key: "routing-version", value: 99, updatedAt: 1 });
  const made = await usersCreate.call(systemActor, ben);
  expect(made.invitation).toEqual({ status: "sent", via: "event" });
  expect(received).toHaveLength(0);
  expect(await orm.select().from(t.deliveries)).toMatchObject([
    { recipient: "ben@example.org", userId: made.id, route: "user" },
  ]);
});
