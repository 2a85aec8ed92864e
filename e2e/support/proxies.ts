import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { selfSigned } from "./certificate";
import { type Running, startProgram, until } from "./child";

const EXAMPLES = path.resolve(import.meta.dirname, "../../docs/deploy");

export interface RunningProxy {
  stop(): Promise<void>;
}

/** Debian's nginx with a configuration of its own, in the foreground. @param server what its one `server` holds */
export function startNginx(port: number, server: string): Promise<RunningProxy> {
  return runNginx(port, `server { ${server} }`);
}

function runNginx(port: number, servers: string): Promise<RunningProxy> {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-nginx-"));
  const config = path.join(folder, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr warn; events { worker_connections 4096; }
     http { access_log off; ${temporary} ${servers} }`,
  );
  const running = startProgram("/usr/sbin/nginx", ["-p", folder, "-c", config, "-e", "stderr"]);
  return whenListening(running, port, folder);
}

/** nginx by docs/deploy/nginx.conf, before a Belfry. @param plainPort where plain HTTP is sent on to https */
export function startDocumentedNginx(port: number, belfryPort: number, plainPort: number): Promise<RunningProxy> {
  const { key, cert } = certificateFiles();
  const site = documented("nginx.conf", belfryPort, {
    "listen 443 ssl;": `listen 127.0.0.1:${port} ssl;`,
    "listen [::]:443 ssl;": "",
    "listen 80;": `listen 127.0.0.1:${plainPort};`,
    "listen [::]:80;": "",
    "server_name backup.example.org;": "server_name localhost;",
    "https://backup.example.org$request_uri": `https://localhost:${port}$request_uri`,
    "/etc/letsencrypt/live/backup.example.org/fullchain.pem": cert,
    "/etc/letsencrypt/live/backup.example.org/privkey.pem": key,
  });
  return runNginx(port, site);
}

/** nginx by docs/deploy/nginx.conf, but for TLS, before a Belfry: for callers that trust no certificate of ours. */
export function startPlainNginx(port: number, belfryPort: number): Promise<RunningProxy> {
  const [site = ""] = documented("nginx.conf", belfryPort, {
    "listen 443 ssl;": `listen 127.0.0.1:${port};`,
    "listen [::]:443 ssl;": "",
    "server_name backup.example.org;": "server_name localhost;",
    "ssl_certificate /etc/letsencrypt/live/backup.example.org/fullchain.pem;": "",
    "ssl_certificate_key /etc/letsencrypt/live/backup.example.org/privkey.pem;": "",
    "ssl_protocols TLSv1.2 TLSv1.3;": "",
  }).split("\nserver {\n  listen 80;");
  return runNginx(port, site);
}

/** Debian's Caddy by docs/deploy/Caddyfile, before a Belfry. @param plainPort where plain HTTP is sent on to https */
export async function startDocumentedCaddy(port: number, belfryPort: number, plainPort: number): Promise<RunningProxy> {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-caddy-"));
  const { key, cert } = certificateFiles();
  const site = documented("Caddyfile", belfryPort, {
    "\nbackup.example.org {\n": `\nhttps://localhost:${port} {\n\ttls ${cert} ${key}\n`,
  });
  const config = path.join(folder, "Caddyfile");
  writeFileSync(config, `{\n\tadmin off\n\thttp_port ${plainPort}\n\thttps_port ${port}\n}\n${site}`);
  mkdirSync(path.join(folder, "home"));
  const env = { PATH: process.env.PATH, HOME: path.join(folder, "home"), NODE_ENV: process.env.NODE_ENV };
  const running = startProgram("/usr/bin/caddy", ["run", "--config", config, "--adapter", "caddyfile"], { env });
  return whenListening(running, port, folder);
}

/** An example of the documentation as it is, but for what names another machine. */
function documented(name: string, belfryPort: number, replacements: Record<string, string>): string {
  let text = readFileSync(path.join(EXAMPLES, name), "utf8");
  for (const [from, to] of Object.entries({ ...replacements, "127.0.0.1:3000": `127.0.0.1:${belfryPort}` })) {
    if (!text.includes(from)) throw new Error(`docs/deploy/${name} has no ${from}.`);
    text = text.replaceAll(from, to);
  }
  return text;
}

let files: { key: string; cert: string } | undefined;

function certificateFiles(): { key: string; cert: string } {
  if (files) return files;
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-proxy-tls-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const { key, cert } = selfSigned();
  files = { key: path.join(folder, "key.pem"), cert: path.join(folder, "cert.pem") };
  writeFileSync(files.key, key, { mode: 0o600 });
  writeFileSync(files.cert, cert);
  return files;
}

async function whenListening(running: Running, port: number, folder: string): Promise<RunningProxy> {
  const { child, words } = running;
  await until("the proxy listens", async () => child.exitCode !== null || (await accepts(port)), { words });
  if (child.exitCode !== null) throw new Error(`The proxy ended instead of starting:\n${words()}`);
  return {
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
