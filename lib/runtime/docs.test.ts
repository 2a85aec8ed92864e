import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { reportSnippets } from "@/components/job/report-snippets";
import { runCommand } from "@/lib/cli/main";
import { receiverUrls } from "@/lib/core/receiver-urls";
import { readEnv } from "@/lib/env";
import { defineProvider, field } from "@/lib/providers/contract";
import { allProviders } from "@/lib/providers/registry";
import { readAddress } from "@/lib/receivers/address";
import { RECEIVERS } from "@/lib/receivers/registry";
import { channelPage } from "./docs/channels";
import { PAGES } from "./docs/pages";

const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
const HANDBOOK = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

describe("pages that are made", () => {
  test.each(PAGES)("$path is what the program declares: npm run docs", ({ path: file, make }) => {
    const now = read(file);
    expect(now).toBe(make(now));
  });

  test("every channel has a page that names all its fields", () => {
    for (const { id, configSchema } of allProviders()) {
      const fields = Object.keys((configSchema as unknown as { shape: Record<string, unknown> }).shape);
      for (const name of fields) expect(read(`docs/channels/${id}.md`), `${id}: ${name}`).toContain(`\`${name}\``);
    }
  });

  test("every receiver is in the guide to external jobs: its address, and what to copy into its program", () => {
    const base = "https://belfry.example";
    const token = "aaaabbbbccccdddd1234";
    const uuid = "11111111-2222-4333-8444-555555555555";
    // Of a DSN its client makes the address of a check-in.
    const pathOf = (url: string) => url.replace(`https://${token}@`, "https://").slice(base.length);
    const receiverOf = (url: string) =>
      readAddress(url.replace(/^\/in\/1$/, `/in/api/1/cron/x/${token}/`), () => undefined);
    const guide = read("docs/external-jobs.md");
    const named = Object.values(receiverUrls(base, { token, uuid })).map((url) => {
      const path = pathOf(url);
      expect(guide, url).toContain(path.replace(token, "TOKEN").replace(uuid, "UUID"));
      return receiverOf(path)?.receiver;
    });
    const ids = RECEIVERS.map(({ id }) => id);
    expect([...new Set(named)].sort()).toEqual([...ids].sort());
    const mailTo = { address: `${uuid}@belfry.example`, port: 25 };
    const snippets = reportSnippets(base, { token, uuid }, { timezone: "UTC", mailTo });
    for (const { text } of snippets)
      for (const line of text.split("\n"))
        expect(guide).toContain(
          line.replaceAll(token, "TOKEN").replaceAll(uuid, "UUID").replace("UTC", "Europe/Zurich"),
        );
    const inSnippets = snippets.flatMap(({ text }) =>
      [...text.matchAll(/(?:\w+:\/\/)(?:\w+@)?belfry\.example(\/[^\s"?]+)/g)].map(
        ([, path = ""]) => receiverOf(path)?.receiver,
      ),
    );
    // Mail is sent, and not posted, by who copies; `apprise://` has no path of its own.
    for (const id of ids.filter((one) => one !== "mail" && one !== "apprise")) expect(inSnippets, id).toContain(id);
  });

  test("every page of a channel is one of the registry", () => {
    const pages = readdirSync("docs/channels").filter((file) => file.endsWith(".md"));
    expect(pages.sort()).toEqual(["README.md", ...allProviders().map(({ id }) => `${id}.md`)].sort());
  });

  test("a page that has no place for what is made says so by its name", () => {
    const page = PAGES.find(({ path: file }) => file === "docs/channels/webhook.md");
    expect(() => page?.make("# Webhook\n")).toThrow(/^docs\/channels\/webhook\.md: .*no place for .*: fields/);
  });

  test("a page that is not there begins as what the channel declares, and is then kept up as the others are", () => {
    const page = PAGES.find(({ path: file }) => file === "docs/channels/gotify.md");
    const first = page?.make("") ?? "";
    expect(first).toMatch(/^# Gotify\n\nThrough your own server\.\n\n## Set up\n/);
    expect(first).toContain("| `appToken` | App token | required |");
    expect(first).toContain("![A failed backup as Gotify shows it](pictures/gotify.png)");
    expect(first).toContain("| Sealed fields | `appToken`, `tlsKey` |");
    expect(page?.make(first)).toBe(first);
  });
});

describe("a channel's table of fields", () => {
  const marks = ["fields", "picture", "declared"].map(
    (name) => `<!-- made by npm run docs: ${name} -->\n<!-- end: ${name} -->`,
  );
  const odd = defineProvider({
    id: "odd",
    label: "Odd",
    tagline: "For this test",
    icon: { path: "M0 0z" },
    docsUrl: "https://odd.example",
    purpose: "message",
    namesPeople: false,
    limits: {},
    concurrency: 1,
    foldAbove: null,
    config: z.object({
      token: field(z.string(), { label: "Token", help: "Begins with a|b or <c>_d", secret: true, sentTo: "itself" }),
      loud: field(z.boolean().default(true), { label: "Loud", advanced: true }),
      way: field(z.enum(["in", "out"]).default("in"), {
        label: "Way",
        help: "Where to?",
        optionLabels: { in: "Inwards" },
        showWhen: { field: "loud", is: [true] },
      }),
      count: field(z.int().default(3), { label: "Count" }),
    }),
    example: { token: "t" },
    render: () => null,
    send: () => Promise.resolve({ kind: "sent" }),
    parts: () => ({}),
    preview: () => ({ kind: "chat" }),
  });
  const rows = channelPage(odd, marks.join("\n")).split("\n");

  test.each([
    ["a secret that is required", "| `token` | Token | required | Begins with a\\|b or \\<c>\\_d. Secret. |"],
    ["a switch", "| `loud` | Loud | on | Under Advanced. |"],
    ["a choice", "| `way` | Way | `in` | Where to? One of `in` (Inwards), `out`. Shown while Loud is on. |"],
    ["a number", "| `count` | Count | `3` |  |"],
  ])("%s", (_name, row) => {
    expect(rows).toContain(row);
  });

  test("the picture stands below What arrives, where a page has no marks for it yet", () => {
    const [fields = "", , declared = ""] = marks;
    const page = [fields, "## What arrives", "", "A message.", declared].join("\n");
    const made = channelPage(odd, page);
    expect(made).toMatch(
      /## What arrives\n\n<!-- .*picture -->\n\n!\[A failed backup as Odd shows it\]\(pictures\/odd\.png\)\n/,
    );
    expect(channelPage(odd, made)).toBe(made);
    expect(() => channelPage(odd, [fields, declared].join("\n"))).toThrow(/no place for .*picture/);
  });

  test("no limits, no table of them", () => {
    expect(rows).not.toContain("| part | cut after |");
  });
});

describe("what the handbook names is there", () => {
  const ROOTS = /^(\.ci|app|components|db|docs|drizzle|e2e|lib|public)\//;

  test.each(HANDBOOK)("%s: paths", (file) => {
    const named = [...read(file).matchAll(/(?:`|^ *|\s)([\w.[\]()/-]+\/[\w.[\]()/-]+)/gm)].map(
      ([, found = ""]) => found,
    );
    const paths = named.map((found) => found.replace(/[.,)]+$/, "")).filter((found) => ROOTS.test(found));
    for (const found of paths) expect(existsSync(found), `${file} names ${found}`).toBe(true);
  });

  test.each(HANDBOOK)("%s: links", (file) => {
    for (const [, target = ""] of read(file).matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [page = "", heading] = target.split("#");
      const linked = page ? path.join(path.dirname(file), page) : file;
      expect(existsSync(linked), `${file} links to ${target}`).toBe(true);
      if (heading) expect(headingsOf(linked), `${file} links to ${target}`).toContain(heading);
    }
  });

  test.each(HANDBOOK)("%s: npm scripts", (file) => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const [, name = ""] of read(file).matchAll(/npm run (?:--silent )?(\w+(?::\w+)*)/g)) {
      expect(scripts, `${file} names npm run ${name}`).toHaveProperty(name);
    }
  });
});

describe("what the handbook quotes is said", () => {
  test.each(HANDBOOK)("%s: commands", async (file) => {
    const surroundings = {
      call: refuse,
      download: refuse,
      askSecret: refuse,
      readFile: refuse,
      assertWritable: refuse,
      writeFile: refuse,
      writeOutput: refuse,
      runReported: refuse,
    };
    for (const [, words = ""] of read(file).matchAll(/npm run (?:--silent )?belfry -- ((?:[a-z][a-z-]* ?)*)/g)) {
      const said: string[] = [];
      const streams = { out: (text: string) => void said.push(text), err: (text: string) => void said.push(text) };
      const code = await runCommand([...words.trim().split(" ").filter(Boolean), "--help"], streams, surroundings);
      expect([code, said.join("")], `${file}: belfry ${words}`).toEqual([0, expect.stringContaining(words.trim())]);
    }
  });

  test("README.md: the sentences of a start that fails", () => {
    const sources = ["lib/runtime", "lib/runtime/prepare", "lib/secrets", "lib/services/setup"]
      .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
      .filter((file) => /\.(ts|mjs)$/.test(file))
      .map(read)
      .join("\n");
    const [, rows = ""] = /## When it does not start\n([\s\S]+?)\n\n[^|\n]/.exec(read("README.md")) ?? [];
    const sentences = [...rows.matchAll(/^\| `([^`]+)`/gm)].map(([, words = ""]) => words);
    expect(sentences.length).toBeGreaterThan(4);
    for (const part of sentences
      .flatMap((words) => words.split(/ ?(?:[\d.]+|…) ?/))
      .filter((each) => each.length > 3)) {
      expect(sources, `README.md quotes “${part}”`).toContain(part);
    }
  });

  test("docs/operating.md: every metric, and no other", () => {
    const named = (text: string) => [...new Set(text.match(/\bbelfry_[a-z_0-9]+[a-z]/g))].sort();
    const quoted = named(read("docs/operating.md")).filter((name) => name !== "belfry_secret_key");
    expect(quoted).toEqual(named(read("lib/services/metrics/read.ts")));
  });
});

function refuse(): never {
  throw new Error("Help needs nothing of the machine.");
}

function headingsOf(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, words = ""]) =>
    words
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
}

describe("the environment", () => {
  const declared = [...read("lib/env.ts").matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = ""]) => name);
  const known = declared.filter((name) => name !== "NODE_ENV");
  /** Variable to default, of every table row that begins with a variable. */
  const rowsOf = (file: string) =>
    new Map(
      [...read(file).matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \| ([^|]+) \|/gm)].flatMap(
        ([, names = "", start = ""]) =>
          [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = ""]) => [name, start.trim()] as const),
      ),
    );

  test.each(["README.md", "docs/configuration.md"])("%s has every variable and no other", (file) => {
    expect(known.length).toBeGreaterThan(8);
    expect([...rowsOf(file).keys()].sort()).toEqual([...known].sort());
  });

  test.each(["README.md", "docs/configuration.md"])("%s states the real defaults", (file) => {
    const rows = rowsOf(file);
    const env = readEnv({ NODE_ENV: "production" });
    expect(rows.get("PORT")).toBe(`\`${env.port}\``);
    expect(rows.get("HOST")).toBe(`\`${env.host}\``);
    expect(path.resolve((rows.get("BELFRY_DATA_DIR") ?? "").replaceAll("`", ""))).toBe(env.dataDir);
    expect(rows.get("BELFRY_ROLE")).toBe(`\`${env.role}\``);
    expect(rows.get("BELFRY_TRUST_PROXY")).toBe(`\`${env.trustedProxies}\``);
    expect(rows.get("BELFRY_EGRESS")).toBe(`\`${env.egress}\``);
    for (const name of ["DATABASE_URL", "BELFRY_BASE_URL", "BELFRY_ADMIN_EMAIL", "BELFRY_ADMIN_PASSWORD"]) {
      expect(rows.get(name), name).toBe("none");
    }
    expect([env.databaseUrl, env.baseUrl, env.firstAdmin, env.secretKey]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
