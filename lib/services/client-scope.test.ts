import { expect, test } from "vitest";
import type { Actor } from "@/lib/auth/access/actor";
import { CLIENT_SCOPE } from "@/lib/auth/access/visibility/client-scope";
import { allVerbs } from "./testing/all-verbs";

const verbs = await allVerbs();
const limited: Actor = {
  kind: "user",
  id: "usr_1",
  name: "Lee",
  email: "lee@example.org",
  role: "operator",
  timezone: null,
  address: null,
  clientIds: ["cli_1"],
};

test("what an account may call that is limited to some clients exists, and needs an account", () => {
  const known = new Map(verbs.map((verb) => [verb.name, verb]));
  for (const name of Object.keys(CLIENT_SCOPE)) {
    expect([name, known.has(name)]).toEqual([name, true]);
    expect([name, known.get(name)?.permission]).not.toEqual([name, "anyone"]);
    expect([name, known.get(name)?.permission]).not.toEqual([name, "admin"]);
  }
});

test.each(verbs.filter(({ name, permission }) => permission !== "anyone" && !Object.hasOwn(CLIENT_SCOPE, name)))(
  "$name does not exist for an account that is limited to some clients",
  async (verb) => {
    await expect(verb.call(limited, {})).rejects.toMatchObject({ code: "forbidden" });
  },
);
