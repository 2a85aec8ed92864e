import { expect, test } from "vitest";
import { AppError } from "@/lib/core/errors";
import type { CommandCall } from "@/lib/services/command-verbs";
import { runCommand } from "./main";

/** Runs a command whose verbs answer from a table. */
async function belfry(words: string, answers: Record<string, unknown> = {}, secret = "") {
  const said = { out: "", err: "", asked: [] as [string, unknown][] };
  const call = async (name: string, input: unknown) => {
    said.asked.push([name, input]);
    const answer = answers[name];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const code = await runCommand(
    words.split(" ").filter(Boolean),
    {
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
    },
    {
      call: call as CommandCall,
      download: () => Promise.reject(new Error("Nothing is downloaded here.")),
      askSecret: async () => secret,
      readFile: async () => Buffer.from(""),
      assertWritable: async () => undefined,
      writeFile: async () => undefined,
      writeOutput: async () => undefined,
      runReported: async (...run) => {
        said.asked.push(["run", run]);
        return 3;
      },
    },
  );
  return { code, ...said };
}

const key = {
  id: "key_1",
  name: "N",
  role: "admin",
  key: "bfy_x",
  hint: "x",
  createdAt: "",
  lastUsedAt: null,
  expiresAt: null,
  revokedAt: null,
  createdBy: "Ana",
  owner: { id: "usr_1", name: "Ana", status: "disabled" },
  state: "valid",
};

test("an API key is one line of JSON with id, name, role and key, and nothing else", async () => {
  const { code, out, err, asked } = await belfry("api-key create --name N --role admin --json", {
    "apiKeys.create": key,
  });
  expect([code, err]).toEqual([0, ""]);
  expect(out).toBe('{"id":"key_1","name":"N","role":"admin","expiresAt":null,"key":"bfy_x"}\n');
  expect(asked).toEqual([["apiKeys.create", { name: "N", role: "admin" }]]);
});

test("without --json it is text for people, and names cannot control the terminal", async () => {
  const list = { items: [{ ...key, name: "evil\u001b[2J\nname" }], nextCursor: null };
  const { out } = await belfry("api-key list", { "apiKeys.list": list });
  expect(out).toMatch(/^ID {5}NAME/);
  expect(out).not.toContain("\u001b");
  expect(out.trim().split("\n")).toHaveLength(2);
});

test.each([
  ["frob", "no command frob"],
  ["api-key create", "--name is missing"],
  ["api-key create --name N --role king", "--role is one of"],
  ["api-key create --name N --colour red", "--colour"],
  ["api-key revoke", "missing"],
  ["api-key revoke a b", "too many"],
])("an invalid command line ends with 2 and says why: %s", async (words, why) => {
  const { code, out, err, asked } = await belfry(words);
  expect([code, out, asked]).toEqual([2, "", []]);
  expect(err).toContain(why);
});

test.each([
  ["api-key create --nmae N", "Did you mean --name?"],
  ["job list", "Did you mean: belfry jobs list?"],
])("fault B23: what the command does not know is refused with what was probably meant: %s", async (words, meant) => {
  const { code, err, asked } = await belfry(words);
  expect([code, asked]).toEqual([2, []]);
  expect(err).toContain(meant);
});

test("a refusal ends with 1 and one sentence", async () => {
  const gone = await belfry("api-key revoke key_9", {
    "apiKeys.revoke": new AppError("not_found", "There is no such API key."),
  });
  expect(gone).toMatchObject({ code: 1, out: "", err: "There is no such API key.\n" });
  const fields = { password: "Use at least 10 characters." };
  const weak = await belfry(
    "users create --name A --email a@example.org",
    { "users.create": new AppError("invalid", "Some fields are invalid.", { fields }) },
    "short",
  );
  expect(weak).toMatchObject({ code: 1, err: "password: Use at least 10 characters.\n" });
});

test("with --json a refusal is one object on standard error, also of a command line that was not understood", async () => {
  const json = async (words: string, answers: Record<string, unknown> = {}) => {
    const { code, out, err } = await belfry(words, answers);
    expect([out, err.trimEnd().split("\n")]).toEqual(["", [err.trimEnd()]]);
    return { code, ...(JSON.parse(err) as { error: object }) };
  };
  const fields = { until: "Enter a time." };
  const refused = new AppError("invalid", "Some fields are invalid.", { fields });
  expect(await json("alerts read alr_1 --json", { "notifications.read": refused })).toEqual({
    code: 1,
    error: { code: "invalid", message: "Some fields are invalid.", fields },
  });
  const unreadable = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES", path: "/etc/shadow" });
  expect(await json("jobs list --json", { "jobs.list": unreadable })).toMatchObject({
    code: 1,
    error: { code: "failed", message: expect.stringMatching(/^\/etc\/shadow: /) },
  });
  for (const words of ["frob --json", "users --json", "--json alerts lst"])
    expect(await json(words)).toMatchObject({ code: 2, error: { code: "usage" } });
  const { out } = await belfry("--help --json");
  const commands = (JSON.parse(out) as { name: string }[]).filter(({ name }) => name !== "run");
  for (const { name } of commands) {
    const unknown = { code: "usage", message: expect.stringContaining("--no-such-option") };
    expect(await json(`${name} --json --no-such-option`), name).toMatchObject({ code: 2, error: unknown });
  }
  // What stands after -- is the other program's.
  expect(await belfry("run --frob -- x --json")).toMatchObject({ code: 2, err: expect.stringMatching(/^Unknown/) });
});

test("pain 37: a password is never on the command line", async () => {
  const { code } = await belfry("users create --name A --email a@example.org --password secret12345");
  expect(code).toBe(2);
  const { asked } = await belfry(
    "users create --name A --email a@example.org",
    { "users.create": { name: "A" } },
    "from stdin",
  );
  expect(asked).toEqual([["users.create", expect.objectContaining({ password: "from stdin" })]]);
});

test("people may be named by their address", async () => {
  const items = [{ id: "usr_1", name: "Ana", email: "Ana@Example.org" }];
  const { asked, out } = await belfry("users disable ana@example.org", {
    "users.list": { items, nextCursor: null },
    "users.disable": { ...items[0], revokedKeys: [], keptKeys: [] },
  });
  expect(asked.at(-1)).toEqual(["users.disable", { id: "usr_1", keepKeys: [] }]);
  expect(out).toBe("Ana is kept out.\n");
});

test("fault E11: the command chooses when a key expires, shows its account, and names keys that an account loses", async () => {
  const inDays = await belfry("api-key create --name N --expires 90", { "apiKeys.create": key });
  expect(inDays.asked).toEqual([["apiKeys.create", { name: "N", role: "viewer", expiresInDays: 90 }]]);
  const onDay = await belfry("api-key create --name N --expires 2027-01-31", { "apiKeys.create": key });
  expect(onDay.asked).toEqual([["apiKeys.create", { name: "N", role: "viewer", expiresAt: "2027-01-31" }]]);
  const list = await belfry("api-key list", { "apiKeys.list": { items: [key], nextCursor: null } });
  expect(list.out).toContain("Ana (disabled)");
  const disabled = await belfry("users disable usr_1 --keep-key key_1 --keep-key key_2", {
    "users.disable": { name: "Ana", revokedKeys: [{ name: "CI" }, { name: "Grafana" }], keptKeys: [{ name: "N" }] },
  });
  expect(disabled.asked).toEqual([["users.disable", { id: "usr_1", keepKeys: ["key_1", "key_2"] }]]);
  expect(disabled.out).toBe("Ana is kept out. 2 API keys were revoked: CI, Grafana. 1 API key was kept: N.\n");
});

test("fault E6: the command lets a user, or everybody at an IP address, try again after wrong passwords", async () => {
  const items = [{ id: "usr_1", name: "Ana", email: "ana@example.org" }];
  const user = await belfry("users unlock ana@example.org", {
    "users.list": { items, nextCursor: null },
    "users.unlock": { id: "usr_1", lifted: 1 },
  });
  expect(user.asked.at(-1)).toEqual(["users.unlock", { id: "usr_1" }]);
  expect(user.out).toBe("ana@example.org may try again at once.\n");
  const lifted = { address: "2001:db8::/64", lifted: 0 };
  const everybody = await belfry("users unlock 2001:db8::7", { "users.unlockAddress": lifted });
  expect(everybody.asked).toEqual([["users.unlockAddress", { address: "2001:db8::7" }]]);
  expect(everybody.out).toBe("Everybody at 2001:db8::/64 was not blocked; counted wrong passwords are forgotten.\n");
});

test("help names every command, a group's own, and one command's options", async () => {
  expect((await belfry("--help")).out).toContain("belfry users password");
  const group = await belfry("users");
  expect(group).toMatchObject({ code: 2, out: "" });
  expect(group.err).toContain("belfry users list");
  expect(group.err).not.toContain("api-key");
  expect((await belfry("api-key create --help")).out).toContain("--role admin|operator|viewer");
});

test.each([
  ["users create --name Ana --email ana@example.org", "use --invite"],
  ["users password usr_1", "Nothing was changed"],
])("fault D7: an empty password is refused, and nothing is asked of the server: %s", async (words, sentence) => {
  const { code, err, asked } = await belfry(words, {}, "");
  expect([code, asked]).toEqual([1, []]);
  expect(err).toContain("The password is empty.");
  expect(err).toContain(sentence);
});

test("fault E10: the command ends every session of a user, named by mail address or id", async () => {
  const answers = {
    "users.list": { items: [{ id: "usr_1", name: "Ana", email: "ana@example.org" }], nextCursor: null },
    "users.signOut": { id: "usr_1", ended: 2 },
  };
  for (const who of ["ANA@example.org", "usr_1"]) {
    const { code, out, asked } = await belfry(`users sign-out ${who}`, answers);
    expect([code, out]).toEqual([0, "2 sessions ended.\n"]);
    expect(asked.at(-1)).toEqual(["users.signOut", { id: "usr_1" }]);
  }
});

/** Clears the screen, C1's own CSI, and an override that turns the reading order around. */
const STEERING = "\u001b[2J\u009b31m\u202egnp.exe\u2066\u0007";

test.each([
  ["runs show run_1 --log", { "runs.log": { text: `line one\n${STEERING}line two\n`, isTruncated: false } }],
  ["runs show run_1", { "runs.get": { id: "run_1", name: STEERING, error: `${STEERING}\nwhy` } }],
  [
    "users disable ana@example.org",
    {
      "users.list": { items: [{ id: "usr_1", name: STEERING, email: "ana@example.org" }], nextCursor: null },
      "users.disable": { id: "usr_1", name: STEERING, revokedKeys: [{ id: "key_1", name: STEERING }], keptKeys: [] },
    },
  ],
  ["runs show run_2", { "runs.get": new AppError("unavailable", `The service said: ${STEERING}`) }],
  [`frob${STEERING}`, {}],
])("fault E14: nothing that a command prints steers the terminal: %j", async (words, answers) => {
  for (const flag of ["", " --json"]) {
    const { out, err } = await belfry(words + flag, answers);
    expect(out + err).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_C}]/u);
    expect(out + err).toContain("\\u001b");
  }
});

test("alerts are listed, read, acknowledged, resolved and snoozed", async () => {
  const entry = { id: "alr_1", title: "Disk full", severity: "critical", status: "new", occurrences: 3 };
  const page = { items: [{ ...entry, lastOccurredAt: "2026-01-31T08:00:00.000Z" }], nextCursor: null, unread: 1 };
  const list = await belfry("alerts list --status open --severity critical", { "notifications.list": page });
  expect(list.asked).toEqual([["notifications.list", { limit: 50, status: "open", severity: "critical" }]]);
  expect(list.out).toMatch(/alr_1 +critical +new +3 /);
  for (const act of ["read", "acknowledge", "resolve"]) {
    const { asked, code } = await belfry(`alerts ${act} alr_1`, { [`notifications.${act}`]: entry });
    expect([code, asked]).toEqual([0, [[`notifications.${act}`, { id: "alr_1" }]]]);
  }
  const at = await belfry("alerts snooze alr_1 --until 2026-01-31T09:00:00+01:00", { "notifications.snooze": entry });
  expect(at.asked).toEqual([["notifications.snooze", { id: "alr_1", until: "2026-01-31T08:00:00.000Z" }]]);
  const end = await belfry("alerts snooze alr_1 --end", { "notifications.snooze": entry });
  expect(end.asked).toEqual([["notifications.snooze", { id: "alr_1", until: null }]]);
  const span = await belfry("alerts snooze alr_1 --for 8h", { "notifications.snooze": entry });
  const [, input] = span.asked[0] as [string, { until: string }];
  expect(Math.abs(Date.parse(input.until) - Date.now() - 8 * 3_600_000)).toBeLessThan(60_000);
});

test.each([
  "alerts snooze alr_1",
  "alerts snooze alr_1 --for soon",
  "alerts snooze alr_1 --for 1h --end",
  "alerts list --status bad",
])("an invalid command line about alerts ends with 2: %s", async (words) => {
  const { code, asked } = await belfry(words);
  expect([code, asked]).toEqual([2, []]);
});

test("run hands on what stands after --, prints nothing of its own, and exits as the command does", async () => {
  expect(await belfry("run --url https://b.example/in/x -- restic backup --json -- /srv")).toEqual({
    code: 3,
    out: "",
    err: "",
    asked: [["run", [["restic", "backup", "--json", "--", "/srv"], "https://b.example/in/x"]]],
  });
  expect((await belfry("run -- true")).asked).toEqual([["run", [["true"], null]]]);
  for (const words of ["run", "run --", "run restic backup --json"])
    expect(await belfry(words)).toMatchObject({ code: 2, asked: [] });
});
