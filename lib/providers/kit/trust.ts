import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as tls from "node:tls";

/** What one channel adds to TLS; all PEM. */
export interface ClientTls {
  /** Certificates of authorities that are trusted besides the usual ones. */
  ca?: string | undefined;
  /** The certificate that Belfry shows, with those between it and its authority. */
  cert?: string | undefined;
  key?: string | undefined;
}

/** Makes the settings of TLS connections; equal ones are made once, because reading all authorities takes milliseconds. */
export interface TlsTrust {
  /** Undefined: Node's own settings are enough. @throws Error when key or certificates cannot be read */
  contextOf(own?: ClientTls): tls.SecureContext | undefined;
}

/** Contexts kept at most. */
const KEPT = 64;

/** @param authorities PEM certificates that this installation trusts besides the usual ones */
export function createTrust(authorities: readonly string[] = []): TlsTrust {
  const known = new Map<string, tls.SecureContext>();
  return {
    contextOf({ ca, cert, key } = {}) {
      if (!ca && !cert && authorities.length === 0) return undefined;
      const name = createHash("sha256")
        .update(JSON.stringify([ca, cert, key]))
        .digest("base64");
      let context = known.get(name);
      if (!context) {
        const added = ca ? [...authorities, ca] : [...authorities];
        context = tls.createSecureContext({
          minVersion: "TLSv1.2",
          ...(added.length > 0 ? { ca: [...usualAuthorities(), ...added] } : {}),
          ...(cert && key ? { cert, key } : {}),
        });
        if (known.size >= KEPT) known.clear();
        known.set(name, context);
      }
      return context;
    },
  };
}

/** PEM certificates of all that is trusted beside `own`, for a program that takes them in place of its usual ones. */
export function bundleWith(own: readonly string[]): string {
  return [...new Set([...systemAuthorities(), ...usualAuthorities(), ...own])].map((pem) => pem.trim()).join("\n");
}

/** Where Debian and Red Hat keep the authorities that a machine trusts, those that its operator added among them. */
const SYSTEM_BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

function systemAuthorities(): string[] {
  for (const path of SYSTEM_BUNDLES) {
    try {
      return [readFileSync(path, "utf8")];
    } catch {
      // Not this kind of system.
    }
  }
  return [];
}

/** What Node trusts by itself; since 22.15 that includes the system's store and NODE_EXTRA_CA_CERTS where they are on. */
function usualAuthorities(): readonly string[] {
  const read: unknown = Reflect.get(tls, "getCACertificates");
  return typeof read === "function" ? (read("default") as string[]) : tls.rootCertificates;
}
