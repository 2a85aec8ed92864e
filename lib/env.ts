import { isIP } from "node:net";
import { isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { readNetwork, type TrustedProxies } from "./core/client-address";
import { consoleAddressOf } from "./core/console-address";
import { closestName } from "./core/did-you-mean";
import { readCertificates, readCertificateWithKey, readValueFiles } from "./env-files";

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
  /** How many proxies in front are trusted, or their networks; 0: none, and forwarded headers are ignored. */
  trustedProxies: TrustedProxies;
  secretKey?: string;
  /** Creates the first admin without the browser. */
  firstAdmin?: { email: string; password: string };
  /** `public` refuses outgoing requests to loopback and private networks. */
  egress: "any" | "public";
  /** Absolute path of the list of commands that channels may start; none: commands are off. */
  commandsFile?: string;
  /** Absolute path of the list of hooks that jobs may have; none: hooks are off. */
  hooksFile?: string;
  /** Where mail to external jobs is taken; none: nowhere. */
  mail?: { port: number; host: string; domains: string[]; pem: string | null };
  /** Absolute folders that restores by the console may write into besides the restore folder. */
  restoreRoots: string[];
  /** Absolute files, and folders of files, that jobs may hand to borgmatic. */
  borgmaticConfigs: string[];
  /** Files with values of Belfry's variables, and its lists of programs: out of reach of sources and restores. */
  ownFiles: { path: string; what: string }[];
  /** Proxies for outgoing HTTP, by the variables that other programs read as well. */
  proxies: { httpsProxy?: string | undefined; httpProxy?: string | undefined; noProxy?: string | undefined };
  /** Absolute path of a PEM file with authorities that are trusted besides the usual ones. */
  caFile?: string;
  /** The certificates in it, and in the file that NODE_EXTRA_CA_CERTS names. */
  authorities: string[];
  /** What `{env:NAME}` and `{file:/path}` in secrets may name: variables with their values, and absolute folders. */
  secretReferences: { variables: Record<string, string>; folders: string[]; onlyTo?: Record<string, string[]> };
}

const text = z.string().trim();

const portOf = (name: string) =>
  text
    .regex(/^\d{1,5}$/, `${name} must be a number from 0 to 65535.`)
    .transform(Number)
    .refine((value) => value <= 65_535, `${name} must be a number from 0 to 65535.`);

const HOST_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;
const hostOf = (name: string) =>
  text
    .refine(
      (value) => isIP(value.replace(/^\[(.*)\]$/, "$1")) > 0 || HOST_NAME.test(value),
      `${name} must be an address or a host name, such as 127.0.0.1.`,
    )
    .transform((value) => value.replace(/^\[(.*)\]$/, "$1"));

const listOf = (value: string) =>
  value
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
const mailDomains = text
  .transform((value) => listOf(value.toLowerCase()))
  .refine(
    (entries) => entries.every((entry) => HOST_NAME.test(entry)),
    "BELFRY_SMTP_DOMAINS must list domains, separated by commas, such as belfry.example,backup.example.",
  );

// `URL.parse` is missing in Node 20.
const parseUrl = (value: string) => (URL.canParse(value) ? new URL(value) : null);

const BAD_DATABASE =
  "DATABASE_URL must be an address such as postgres://user:password@host/belfry; leave it out to use SQLite.";
const RAW_SIGNS =
  "DATABASE_URL has signs in user or password that an address reads otherwise: encode % as %25, # as %23, @ as %40, / as %2F, ? as %3F, [ as %5B, ] as %5D, and a space as %20.";

/**
 * Whether user and password hold signs that end them for a reader of addresses (RFC 3986, section 3.2.1): then a piece of
 * the password would be taken for the host, and shown as one. They reach up to the last `@`, whatever is in them.
 */
function hasRawSigns(value: string): boolean {
  const [, credentials = ""] = /^[a-z]+:\/\/(.*)@/i.exec(value) ?? [];
  return /[#@/?[\]\s\\]|%(?![0-9a-f]{2})/i.test(credentials);
}

const databaseUrl = text
  .refine((value) => !hasRawSigns(value), { error: RAW_SIGNS, abort: true })
  .refine((value) => {
    const url = parseUrl(value);
    return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname + url.search !== "";
  }, BAD_DATABASE);

const BAD_BASE = "BELFRY_BASE_URL must be the address people open, such as https://backup.example, without a path.";
const baseUrl = text
  .refine((value) => consoleAddressOf(value) !== null, BAD_BASE)
  .transform((value) => new URL(value).origin);

const BAD_PROXY =
  "BELFRY_TRUST_PROXY must list the addresses or networks of your proxies, such as 127.0.0.1,10.0.0.0/8; or say how many proxies are in front of Belfry, such as 1.";
const trustedProxies = text.transform((value, context): TrustedProxies => {
  if (/^\d$/.test(value)) return Number(value);
  if (/^(true|yes|on)$/i.test(value)) return 1;
  if (/^(false|no|off)$/i.test(value)) return 0;
  const networks = value.split(",").map(readNetwork);
  if (!networks.includes(null)) return networks.filter((network) => network !== null);
  context.addIssue({ code: "custom", message: BAD_PROXY });
  return z.NEVER;
});

const proxyOf = (name: string) =>
  text.refine((value) => {
    const url = parseUrl(value.includes("://") ? value : `http://${value}`);
    return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== "" && url.pathname === "/" && !url.search;
  }, `${name} must be the address of an HTTP proxy, such as http://user:password@proxy.example:3128; signs such as @ and : in a password are written as %40 and %3A.`);

const pemPath = text.refine(isAbsolute, "BELFRY_CA_FILE must be an absolute path, such as /etc/belfry/ca.pem.");

/** What a reference must never reveal, even when it is listed. */
const NEVER_REFERRED = /^(BELFRY_.*|DATABASE_URL|HTTPS?_PROXY)$/i;
const BAD_REFERENCES =
  "BELFRY_SECRET_REFERENCES must list names of variables and absolute folders, separated by commas, such as SMTP_PASSWORD,BACKUP_*,/run/secrets, each with the only server it may be sent to if you like, such as SMTP_PASSWORD@smtp.example.org; Belfry's own variables cannot be listed.";
/** `smtp.example.org`, `[fd12::1]:587`, `*.example.org`. */
const ONLY_TO = /^(.*)@((?:\*\.)?[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?)$/i;
const secretReferences = text
  .transform((value) =>
    listOf(value).map((entry) => {
      const [, name = entry, host] = ONLY_TO.exec(entry) ?? [];
      return { name: name.startsWith("/") ? resolve(name) : name, host: host?.toLowerCase() ?? null };
    }),
  )
  .refine(
    (entries) =>
      entries.every(({ name }) =>
        name.startsWith("/") ? name !== "/" : /^[A-Za-z_][A-Za-z0-9_]*\*?$/.test(name) && !NEVER_REFERRED.test(name),
      ),
    BAD_REFERENCES,
  );

const restoreRoots = text
  .transform(listOf)
  .refine(
    (entries) => entries.every((entry) => isAbsolute(entry) && resolve(entry) !== "/"),
    "BELFRY_RESTORE_ROOTS must list absolute folders, separated by commas, such as /srv/restores,/var/lib/app; not /.",
  );

/** Where borgmatic itself looks for configurations. */
const BORGMATIC_CONFIGS = ["/etc/borgmatic", "/etc/borgmatic.d"];

const borgmaticConfigs = text
  .transform(listOf)
  .refine(
    (entries) => entries.every((entry) => isAbsolute(entry) && resolve(entry) !== "/"),
    "BELFRY_BORGMATIC_CONFIGS must list absolute files or folders, separated by commas, such as /etc/borgmatic,/srv/borgmatic; not /.",
  );

const variables = z.object({
  NODE_ENV: text.optional(),
  PORT: portOf("PORT").default(3000),
  HOST: hostOf("HOST").default("::"),
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
  BELFRY_HOOKS_FILE: text
    .refine(isAbsolute, "BELFRY_HOOKS_FILE must be an absolute path, such as /etc/belfry/hooks.json.")
    .optional(),
  HTTPS_PROXY: proxyOf("HTTPS_PROXY").optional(),
  HTTP_PROXY: proxyOf("HTTP_PROXY").optional(),
  NO_PROXY: text.optional(),
  BELFRY_CA_FILE: pemPath.optional(),
  NODE_EXTRA_CA_CERTS: text.optional(),
  BELFRY_SECRET_REFERENCES: secretReferences.default([]),
  BELFRY_RESTORE_ROOTS: restoreRoots.default([]),
  BELFRY_BORGMATIC_CONFIGS: borgmaticConfigs.default(BORGMATIC_CONFIGS),
  BELFRY_SMTP_PORT: portOf("BELFRY_SMTP_PORT").optional(),
  BELFRY_SMTP_HOST: hostOf("BELFRY_SMTP_HOST").default("::"),
  BELFRY_SMTP_DOMAINS: mailDomains.default([]),
  BELFRY_SMTP_CERTIFICATE: text
    .refine(isAbsolute, "BELFRY_SMTP_CERTIFICATE must be an absolute path, such as /etc/belfry/smtp.pem.")
    .optional(),
});

/** Other programs read these in lower case first. */
const LOWER_CASE = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];
/** Every variable of Belfry may stand in a file; the others belong to Node, or are no secret. */
const READ_FROM_FILES = Object.keys(variables.shape).filter(
  (name) => !["NODE_ENV", "NODE_EXTRA_CA_CERTS", "NO_PROXY"].includes(name),
);

/** One sentence per wrong variable. */
export class EnvProblem extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/**
 * Reads and checks the environment. An empty variable counts as unset; `NAME_FILE` names a file with the value of `NAME`.
 * @param source the environment, `process.env` by default
 * @throws EnvProblem with one sentence per wrong value
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const { present, problems } = presentValues(source);
  const parsed = variables.safeParse(present);
  if (!parsed.success) problems.push(...new Set(parsed.error.issues.map((issue) => issue.message)));
  if (/^(web|worker)$/.test(present.BELFRY_ROLE ?? "") && !present.DATABASE_URL) {
    problems.push("BELFRY_ROLE other than all needs PostgreSQL: set DATABASE_URL, or leave BELFRY_ROLE out.");
  }
  if (!present.BELFRY_ADMIN_EMAIL !== !present.BELFRY_ADMIN_PASSWORD) {
    problems.push("BELFRY_ADMIN_EMAIL and BELFRY_ADMIN_PASSWORD belong together: set both or neither.");
  }
  const authorities = parsed.success ? readAuthorities(parsed.data, problems) : [];
  const mail = parsed.success ? readMailSettings(parsed.data, problems) : undefined;
  if (!parsed.success || problems.length > 0) throw new EnvProblem(problems);
  const values = parsed.data;
  return {
    isDevelopment: values.NODE_ENV === "development",
    port: values.PORT,
    host: values.HOST,
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
    hooksFile: values.BELFRY_HOOKS_FILE,
    mail,
    restoreRoots: values.BELFRY_RESTORE_ROOTS.map((root) => resolve(root)),
    borgmaticConfigs: values.BELFRY_BORGMATIC_CONFIGS.map((entry) => resolve(entry)),
    ownFiles: ownFilesIn(source),
    proxies: { httpsProxy: values.HTTPS_PROXY, httpProxy: values.HTTP_PROXY, noProxy: values.NO_PROXY },
    caFile: values.BELFRY_CA_FILE,
    authorities,
    secretReferences: referencesIn(values.BELFRY_SECRET_REFERENCES, source),
  };
}

/** The variables that are set, with the content of files in place of their names. */
function presentValues(source: NodeJS.ProcessEnv): { present: Record<string, string>; problems: string[] } {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) if (value) present[name] = value;
  for (const name of LOWER_CASE) {
    const value = present[name.toLowerCase()];
    if (value) present[name] = value;
  }
  const { values, problems } = readValueFiles(READ_FROM_FILES, present);
  return { present: { ...present, ...values }, problems };
}

function ownFilesIn(source: NodeJS.ProcessEnv): Env["ownFiles"] {
  const commands = source.BELFRY_COMMANDS_FILE?.trim();
  const values = READ_FROM_FILES.map((name) => `${name}_FILE`).flatMap((name) => {
    const path = source[name];
    return path ? [{ path: resolve(path), what: `the file that ${name} names` }] : [];
  });
  const certificate = source.BELFRY_SMTP_CERTIFICATE?.trim();
  if (certificate) values.push({ path: resolve(certificate), what: "the key that BELFRY_SMTP_CERTIFICATE names" });
  const hooks = source.BELFRY_HOOKS_FILE?.trim();
  if (hooks) values.push({ path: resolve(hooks), what: "the list of hooks that BELFRY_HOOKS_FILE names" });
  if (!commands) return values;
  return [...values, { path: resolve(commands), what: "the list of commands that BELFRY_COMMANDS_FILE names" }];
}

/** Node itself only warns about a file of its own variable that it cannot read. */
function readAuthorities(
  { BELFRY_CA_FILE, NODE_EXTRA_CA_CERTS }: z.output<typeof variables>,
  problems: string[],
): string[] {
  const own = BELFRY_CA_FILE ? readCertificates(BELFRY_CA_FILE, "BELFRY_CA_FILE") : { certificates: [] };
  const extra = NODE_EXTRA_CA_CERTS ? readCertificates(NODE_EXTRA_CA_CERTS, "NODE_EXTRA_CA_CERTS") : null;
  if ("problem" in own) problems.push(own.problem);
  return [own, extra].flatMap((read) => (read && "certificates" in read ? read.certificates : []));
}

function readMailSettings(values: z.output<typeof variables>, problems: string[]): Env["mail"] {
  const { BELFRY_SMTP_PORT: port, BELFRY_SMTP_CERTIFICATE: path } = values;
  if (port === undefined) return undefined;
  const read = path ? readCertificateWithKey(path, "BELFRY_SMTP_CERTIFICATE") : { pem: null };
  if ("problem" in read) problems.push(read.problem);
  const pem = "pem" in read ? read.pem : null;
  return { port, host: values.BELFRY_SMTP_HOST, domains: values.BELFRY_SMTP_DOMAINS, pem };
}

interface ReferenceEntry {
  /** A variable, with * at its end the beginning of several, or a folder. */
  name: string;
  /** The only server that it may be sent to. */
  host: string | null;
}

function referencesIn(entries: readonly ReferenceEntry[], source: NodeJS.ProcessEnv): Env["secretReferences"] {
  const folders = [...new Set(entries.flatMap(({ name }) => (name.startsWith("/") ? [name] : [])))];
  const names = entries.filter(({ name }) => !name.startsWith("/"));
  const onlyTo: Record<string, string[]> = {};
  const limit = (name: string, by: readonly ReferenceEntry[]) => {
    const hosts = by.flatMap(({ host }) => host ?? []);
    if (hosts.length === by.length) onlyTo[name] = hosts;
  };
  const variables = Object.fromEntries(
    Object.entries(source).flatMap(([name, value]) => {
      const by = closestEntries(names, name);
      if (value === undefined || by.length === 0 || NEVER_REFERRED.test(name)) return [];
      limit(name, by);
      return [[name, value]];
    }),
  );
  for (const folder of folders)
    limit(
      folder,
      entries.filter(({ name }) => name === folder),
    );
  return { variables, folders, ...(Object.keys(onlyTo).length > 0 && { onlyTo }) };
}

/** The entries that list a variable most exactly: by its whole name, or by its longest beginning. */
function closestEntries(entries: readonly ReferenceEntry[], variable: string): ReferenceEntry[] {
  const fitting = entries.filter(({ name }) =>
    name.endsWith("*") ? variable.startsWith(name.slice(0, -1)) : variable === name,
  );
  const exact = fitting.filter(({ name }) => !name.endsWith("*"));
  const longest = Math.max(...fitting.map(({ name }) => name.length));
  return exact.length > 0 ? exact : fitting.filter(({ name }) => name.length === longest);
}

/** Variables that are set, mean nothing, and are probably meant to be another one. @param source the environment */
export function misspelledVariables(source: NodeJS.ProcessEnv = process.env): { name: string; meant: string }[] {
  const known = [...Object.keys(variables.shape), ...READ_FROM_FILES.map((name) => `${name}_FILE`)];
  const own = known.flatMap((name) => (name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : []));
  return Object.keys(source).flatMap((name) => {
    // Others begin so as well, and are nobody's mistake: Kubernetes names the ports of a service called belfry.
    if (!name.startsWith(PREFIX) || known.includes(name)) return [];
    const meant = closestName(name.slice(PREFIX.length), own);
    return meant ? [{ name, meant: PREFIX + meant }] : [];
  });
}

const PREFIX = "BELFRY_";

/**
 * Hands Next the configuration that its build produced, so that it does not read its file again.
 * The variable is the one that its own stand-alone servers use.
 * @param config JSON
 */
export function giveNextItsConfig(config: string): void {
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = config;
}

/**
 * Returns the address to which `belfry run` reports, and takes it out of the environment, so that the command does not inherit it.
 * @param given what stands on the command line, which wins
 * @throws EnvProblem when there is none
 */
export function takeRunUrl(given: string | null, source: NodeJS.ProcessEnv = process.env): string {
  const address = given ?? source.BELFRY_RUN_URL;
  delete source.BELFRY_RUN_URL;
  if (address) return address;
  throw new EnvProblem([
    "There is no address to report to. Copy that of the external job from its page, and give it as BELFRY_RUN_URL or with --url.",
  ]);
}
