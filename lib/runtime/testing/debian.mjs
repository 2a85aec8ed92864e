import { existsSync } from "node:fs";
import { ensureDebianPackages } from "../prepare/install.mjs";

/** The real servers and tools that the tests run against, and the Debian package of each. */
const TOOLS = {
  "/usr/bin/chromium-headless-shell": "chromium-headless-shell",
  "/usr/lib/postgresql": "postgresql",
  "/usr/bin/pg_dump": "postgresql-client",
  "/usr/sbin/sshd": "openssh-server",
  "/usr/sbin/postfix": "postfix",
  "/usr/sbin/dovecot": "dovecot-core",
  "/usr/lib/dovecot/imap": "dovecot-imapd",
  "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
  "/usr/bin/sqlite3": "sqlite3",
  "/usr/bin/zstd": "zstd",
  "/usr/bin/borg": "borgbackup",
  "/usr/bin/borgmatic": "borgmatic",
  "/usr/bin/curl": "curl",
  "/usr/bin/msmtp": "msmtp",
  "/usr/bin/wget": "wget",
  "/usr/bin/restic": "restic",
  "/usr/bin/openssl": "openssl",
  "/usr/bin/git": "git",
  "/usr/bin/tinyproxy": "tinyproxy-bin",
  "/usr/bin/apprise": "apprise",
  "/usr/bin/fish": "fish",
  "/usr/bin/zsh": "zsh",
  "/usr/lib/python3/dist-packages/sentry_sdk": "python3-sentry-sdk",
  "/usr/bin/prometheus-alertmanager": "prometheus-alertmanager",
  "/usr/lib/python3/dist-packages/pyzabbix": "python3-pyzabbix",
  "/usr/sbin/nginx": "nginx-light",
  "/usr/bin/caddy": "caddy",
  "/usr/bin/systemd-analyze": "systemd",
  "/usr/bin/setfacl": "acl",
  "/usr/bin/setfattr": "attr",
  "/usr/sbin/setcap": "libcap2-bin",
};

/**
 * Provides the tools of the tests: installs Debian packages as root, otherwise names them.
 * @throws Stop when one is missing afterwards
 */
export async function ensureTestTools() {
  const missing = Object.entries(TOOLS).filter(([path]) => !existsSync(path));
  await ensureDebianPackages(
    missing.map(([, name]) => name),
    "The tests run against real servers and a real browser",
  );
}
