import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate with its key, PEM. */
export interface Issued {
  cert: string;
  key: string;
}

/** A certificate authority of one's own. */
export interface Authority {
  /** Its certificate, PEM. */
  ca: string;
  /** @param names as in subjectAltName: `DNS:localhost,IP:127.0.0.1` @param days of validity; negative: over already */
  issue(names: string, days?: number): Issued;
}

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes an authority by openssl. @param name its common name */
export function makeAuthority(name = "Belfry test authority"): Authority {
  const root = inFolder((folder) => {
    openssl(
      ["req", "-x509", ...CURVE, "-days", "30", "-subj", `/CN=${name}`, "-keyout", "key.pem", "-out", "cert.pem"],
      folder,
    );
    return pairIn(folder);
  });
  return {
    ca: root.cert,
    issue: (names, days = 30) =>
      inFolder((folder) => {
        writeFileSync(join(folder, "ca.pem"), root.cert);
        writeFileSync(join(folder, "ca-key.pem"), root.key);
        writeFileSync(join(folder, "names"), `subjectAltName=${names}\n`);
        openssl(["req", ...CURVE, "-subj", "/CN=belfry test", "-keyout", "key.pem", "-out", "request.pem"], folder);
        const signing = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-extfile", "names", "-set_serial", "2"];
        openssl(["x509", "-req", "-in", "request.pem", ...signing, "-days", String(days), "-out", "cert.pem"], folder);
        return pairIn(folder);
      }),
  };
}

function openssl(args: string[], cwd: string): void {
  execFileSync("openssl", args, { cwd, stdio: "ignore" });
}

function pairIn(folder: string): Issued {
  return { cert: readFileSync(join(folder, "cert.pem"), "utf8"), key: readFileSync(join(folder, "key.pem"), "utf8") };
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "belfry-authority-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
