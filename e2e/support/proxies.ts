import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { selfSigned } from "./certificate";
import { type Running, startProgram, until } from "./child";

const DOCS = path.resolve(import.meta.dirname, "../../docs/operating.md");

export interface RunningProxy {
  stop(): Promise<void>;
}

/** Debian's nginx with a configuration of its own, in the foreground. @param server what its one `server` holds */
export async function startNginx(port: number, server: string): Promise<RunningProxy> {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-nginx-"));
  const config = path.join(folder, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr warn; events {}
     http { access_log off; ${temporary} server { ${server} } }`,
  );
  const running = startProgram("/usr/sbin/nginx", ["-p", folder, "-c", config, "-e", "stderr"]);
  return whenListening(running, port, folder);
}

/** nginx with TLS and the settings of the documentation, before a Belfry. */
export function startDocumentedNginx(port: number, belfryPort: number): Promise<RunningProxy> {
  const { key, cert } = certificateFiles();
  return startNginx(
    port,
    `listen 127.0.0.1:${port} ssl; ssl_certificate ${cert}; ssl_certificate_key ${key};
     ${documented("nginx", belfryPort)}`,
  );
}

/** Debian's Caddy with TLS and the settings of the documentation, before a Belfry. */
export async function startDocumentedCaddy(port: number, belfryPort: number): Promise<RunningProxy> {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-caddy-"));
  const { key, cert } = certificateFiles();
  const site = documented("caddyfile", belfryPort).replace(
    /^backup\.example\.org \{/,
    `https://localhost:${port} {\n  tls ${cert} ${key}`,
  );
  const config = path.join(folder, "Caddyfile");
  writeFileSync(config, `{\n  admin off\n  auto_https disable_redirects\n}\n${site}`);
  mkdirSync(path.join(folder, "home"));
  const env = { PATH: process.env.PATH, HOME: path.join(folder, "home"), NODE_ENV: process.env.NODE_ENV };
  const running = startProgram("/usr/bin/caddy", ["run", "--config", config, "--adapter", "caddyfile"], { env });
  return whenListening(running, port, folder);
}

/** The settings of a proxy as the documentation has them, with the port of a Belfry of the tests. */
function documented(language: string, belfryPort: number): string {
  const block = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(readFileSync(DOCS, "utf8"))?.[1];
  if (!block?.includes("127.0.0.1:3000")) throw new Error(`docs/operating.md has no settings for ${language}.`);
  return block.replaceAll("127.0.0.1:3000", `127.0.0.1:${belfryPort}`);
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
