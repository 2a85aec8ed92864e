import { isIP } from "node:net";
import { isAbsolute, resolve } from "node:path";
import { z } from "zod";

/** Which parts of Belfry this process runs. */
export type ProcessRole = "all" | "web" | "worker";

/** The configuration from the environment, validated once at start and passed on as plain values. */
export interface Env {
  isDevelopment: boolean;
  port: number;
  /** The address to listen on; `::` and `0.0.0.0` are all interfaces. */
  host: string;
  /** Absolute path. */
  dataDir: string;
  /** `postgres://…`; none: SQLite in the data folder. */
  databaseUrl?: string;
  role: ProcessRole;
  /** Without a slash at the end, `https://backup.example`. */
  baseUrl?: string;
  /** How many proxies in front are trusted; 0: none, and forwarded headers are ignored. */
  trustedProxies: number;
  secretKey?: string;
  /** Creates the first admin without the browser. */
  firstAdmin?: { email: string; password: string };
  /** `public` refuses outgoing requests to loopback and private networks. */
  egress: "any" | "public";
  /** Absolute path of the list of commands that channels may start; none: commands are off. */
  commandsFile?: string;
}

const text = z.string().trim();

const port = text
  .regex(/^\d{1,5}$/, "PORT must be a number from 0 to 65535.")
  .transform(Number)
  .refine((value) => value <= 65_535, "PORT must be a number from 0 to 65535.");

const host = text.refine(
  (value) => isIP(value.replace(/^\[(.*)\]$/, "$1")) > 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value),
  "HOST must be an address or a host name, such as 127.0.0.1.",
);

// `URL.parse` is missing in Node 20.
const parseUrl = (value: string) => (URL.canParse(value) ? new URL(value) : null);

const BAD_DATABASE =
  "DATABASE_URL must be an address such as postgres://user:password@host/belfry; leave it out to use SQLite.";
const databaseUrl = text.refine((value) => {
  const url = parseUrl(value);
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname + url.search !== "";
}, BAD_DATABASE);

const BAD_BASE = "BELFRY_BASE_URL must be the address people open, such as https://backup.example, without a path.";
const baseUrl = text
  .refine((value) => {
    const url = parseUrl(value);
    return (
      url !== null &&
      /^https?:$/.test(url.protocol) &&
      url.pathname === "/" &&
      !url.search &&
      !url.hash &&
      !url.username
    );
  }, BAD_BASE)
  .transform((value) => new URL(value).origin);

const BAD_PROXY = "BELFRY_TRUST_PROXY must be 1 (one proxy is in front of Belfry), a number of proxies, or 0.";
const trustedProxies = text
  .toLowerCase()
  .regex(/^(true|yes|on|false|no|off|\d)$/, BAD_PROXY)
  .transform((value) => (/^\d$/.test(value) ? Number(value) : /^(true|yes|on)$/.test(value) ? 1 : 0));

const variables = z.object({
  NODE_ENV: text.optional(),
  PORT: port.default(3000),
  HOST: host.default("::"),
  BELFRY_DATA_DIR: text.default("./data"),
  DATABASE_URL: databaseUrl.optional(),
  BELFRY_ROLE: z.enum(["all", "web", "worker"], "BELFRY_ROLE must be all, web or worker.").default("all"),
  BELFRY_BASE_URL: baseUrl.optional(),
  BELFRY_TRUST_PROXY: trustedProxies.default(0),
  BELFRY_SECRET_KEY: text
    .min(32, "BELFRY_SECRET_KEY must have at least 32 characters; make one with: openssl rand -base64 32")
    .optional(),
  BELFRY_ADMIN_EMAIL: z.email("BELFRY_ADMIN_EMAIL must be a mail address.").optional(),
  BELFRY_ADMIN_PASSWORD: z
    .string()
    .min(10, "BELFRY_ADMIN_PASSWORD must have at least 10 characters.")
    .max(200, "BELFRY_ADMIN_PASSWORD must have at most 200 characters.")
    .optional(),
  BELFRY_EGRESS: z.enum(["any", "public"], "BELFRY_EGRESS must be any or public.").default("any"),
  BELFRY_COMMANDS_FILE: text
    .refine(isAbsolute, "BELFRY_COMMANDS_FILE must be an absolute path, such as /etc/belfry/commands.json.")
    .optional(),
});

/** One sentence per wrong variable. */
export class EnvProblem extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/**
 * Reads and checks the environment. An empty variable counts as unset.
 * @param source the environment, `process.env` by default
 * @throws EnvProblem with one sentence per wrong value
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = variables.safeParse(present);
  const problems = parsed.success ? [] : [...new Set(parsed.error.issues.map((issue) => issue.message))];
  if (/^(web|worker)$/.test(present.BELFRY_ROLE ?? "") && !present.DATABASE_URL) {
    problems.push("BELFRY_ROLE other than all needs PostgreSQL: set DATABASE_URL, or leave BELFRY_ROLE out.");
  }
  if (!present.BELFRY_ADMIN_EMAIL !== !present.BELFRY_ADMIN_PASSWORD) {
    problems.push("BELFRY_ADMIN_EMAIL and BELFRY_ADMIN_PASSWORD belong together: set both or neither.");
  }
  if (!parsed.success || problems.length > 0) throw new EnvProblem(problems);
  const values = parsed.data;
  return {
    isDevelopment: values.NODE_ENV === "development",
    port: values.PORT,
    host: values.HOST.replace(/^\[(.*)\]$/, "$1"),
    dataDir: resolve(values.BELFRY_DATA_DIR),
    databaseUrl: values.DATABASE_URL,
    role: values.BELFRY_ROLE,
    baseUrl: values.BELFRY_BASE_URL,
    trustedProxies: values.BELFRY_TRUST_PROXY,
    secretKey: values.BELFRY_SECRET_KEY,
    firstAdmin:
      values.BELFRY_ADMIN_EMAIL && values.BELFRY_ADMIN_PASSWORD
        ? { email: values.BELFRY_ADMIN_EMAIL, password: values.BELFRY_ADMIN_PASSWORD }
        : undefined,
    egress: values.BELFRY_EGRESS,
    commandsFile: values.BELFRY_COMMANDS_FILE,
  };
}

/**
 * Hands Next the configuration that its build produced, so that it does not read its file again.
 * The variable is the one that its own stand-alone servers use.
 * @param config JSON
 */
export function giveNextItsConfig(config: string): void {
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = config;
}
