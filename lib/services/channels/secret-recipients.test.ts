import { describe, expect, test } from "vitest";
import { addressesOf, fieldMetas, movedSecrets } from "@/lib/core/secret-recipients";
import { allDestinations, allSources } from "@/lib/jobs/registry";
import { allProviders } from "@/lib/providers/registry";
import { MAIL_SECRETS, mailServerSchema } from "@/lib/services/settings/mail-server";

const mailServer = {
  id: "the system mail server",
  configSchema: mailServerSchema,
  secretFields: [...MAIL_SECRETS] as string[],
  example: { host: "smtp.example.org", from: "a@example.org", user: "a", password: "example" },
};
const KINDS = [...allProviders(), ...allSources(), ...allDestinations(), mailServer].map(
  (kind) => [kind.id, kind] as const,
);

/** Belfry connects to none of these: addresses that messages only mention, and a path within an answer. */
const ONLY_MENTIONED = new Set(["avatarUrl", "clickUrl", "iconUrl", "successPath"]);

describe.each(KINDS)("fault E12: %s", (_, kind) => {
  const { configSchema, secretFields } = kind;
  const example = kind.example as Record<string, unknown>;
  const metas = fieldMetas(configSchema);
  const shape = configSchema.shape as Record<string, { safeParse(value: unknown): { success: boolean } }>;
  const takes = (name: string, value: unknown) => shape[name]?.safeParse(value).success === true;

  test("every secret declares where it goes", () => {
    for (const name of secretFields) {
      const sentTo = metas.get(name)?.sentTo;
      expect(sentTo, name).toBeDefined();
      for (const address of addressesOf(sentTo)) expect([...metas.keys()], name).toContain(address);
      if (typeof sentTo === "object" && "nobody" in sentTo) expect(sentTo.nobody).toMatch(/^[A-Z].{20,}\.$/);
      if (sentTo === "itself") expect(takes(name, "just a word"), `${name} is no address`).toBe(false);
    }
  });

  test("every address that is connected to has the secrets that go there", () => {
    const named = secretFields.flatMap((name) => addressesOf(metas.get(name)?.sentTo));
    const addresses = [...metas.keys()].filter(
      (name) => (takes(name, "https://host.example/a") && !takes(name, "just a word")) || name === "port",
    );
    const forgotten = addresses.filter(
      (name) => !secretFields.includes(name) && !named.includes(name) && !ONLY_MENTIONED.has(name),
    );
    expect(secretFields.length > 0 ? forgotten : []).toEqual([]);
  });

  test("another address moves each secret that goes there", () => {
    for (const name of secretFields)
      for (const address of addressesOf(metas.get(name)?.sentTo)) {
        if (address === name) continue;
        const other = { ...example, [address]: address === "port" ? 4711 : "https://elsewhere.example/" };
        expect(movedSecrets(configSchema, example, other).map((one) => one.name)).toContain(name);
      }
    expect(movedSecrets(configSchema, example, { ...example })).toEqual([]);
  });
});

function schemaOf(id: string) {
  const kind = [...allProviders(), ...allSources()].find((one) => one.id === id);
  if (!kind) throw new Error(`There is no ${id}.`);
  return kind.configSchema;
}
const webhook = schemaOf("webhook");
const postgres = schemaOf("postgres");
const byUrl = (before: string, after: string) => movedSecrets(webhook, { url: before }, { url: after }).length > 0;

test.each([
  ["another host", "https://a.example/x", "https://b.example/x", true],
  ["a host below", "https://a.example/", "https://b.a.example/", true],
  ["another port", "https://a.example/", "https://a.example:8443/", true],
  ["no more TLS", "https://a.example/", "http://a.example/", true],
  ["TLS at another port", "http://a.example:8080/", "https://a.example:8443/", true],
  ["a user that looks like a host", "https://a.example/", "https://a.example@b.example/", true],
  ["a backslash", "https://a.example/", "https://b.example\\@a.example/", true],
  ["a name that cannot be read", "https://{env:HOST}/", "https://{env:OTHER}/", true],
  ["TLS now", "http://a.example/", "https://a.example/", false],
  ["another path", "https://a.example/x", "https://a.example/y?z", false],
  ["the usual port, written out", "https://a.example/", "https://A.example:443", false],
])("fault E12: %s: the secrets are asked for again: %s → %s: %s", (_, before, after, isMoved) => {
  expect(byUrl(before, after)).toBe(isMoved);
});

test.each([
  ["certificates no longer checked", { verifyServer: true }, { verifyServer: false }, true],
  ["certificates checked", { verifyServer: false }, { verifyServer: true }, false],
  ["left at its default", {}, { verifyServer: false, port: "5432" }, false],
  ["another host", { host: "db" }, { host: "db2" }, true],
  ["another database", { database: "a" }, { database: "b" }, false],
])("fault E12: a database server, %s", (_, before, after, isMoved) => {
  expect(movedSecrets(postgres, before, after).length > 0).toBe(isMoved);
});

test.each([
  ["a CA of one's own", {}, { tlsCa: "one" }, ["url", "authHeader", "headers", "signingSecret"]],
  ["another one", { tlsCa: "one" }, { tlsCa: "two" }, ["url", "authHeader", "headers", "signingSecret"]],
  ["none any more", { tlsCa: "one" }, { tlsCa: null }, []],
])("fault E12: %s", (_, before, after, moved) => {
  expect(movedSecrets(webhook, before, after).map(({ name }) => name)).toEqual(moved);
});
