import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
import { setRuntimeValue } from "@/lib/core/runtime";
import type { Env } from "@/lib/env";
import { createMailListener, type MailListener } from "@/lib/server/mail-listener";
import { listen } from "./listen";
import type { Part } from "./part";

const log = loggerOf("mail");

/** How often it is tried again to listen, where that failed. */
const RETRY_MS = 30_000;

/**
 * Takes mail to external jobs. A port that is taken is no reason to make no backups: it is said, and tried again.
 * @param settings where, and for whom
 */
export function mailPart(settings: NonNullable<Env["mail"]>, retryMs = RETRY_MS): Part {
  const { port, host, domains, pem } = settings;
  let listener: MailListener | null = null;
  const note = (problem: string | null) =>
    setRuntimeValue("mailListener", {
      port,
      host,
      domains,
      hasTls: pem !== null,
      isListening: listener !== null,
      problem,
    });
  const loop = new Loop({ name: "mail listener", intervalMs: retryMs, runsAtStart: true }, async () => {
    if (listener) return;
    const next = await createMailListener({ domains, pem });
    try {
      await listen(next.server, host, port, { port: "BELFRY_SMTP_PORT", host: "BELFRY_SMTP_HOST" });
      listener = next;
      note(null);
      log.info("takes mail to external jobs", { host, port });
    } catch (error) {
      note(messageOf(error));
      throw error;
    }
  });
  return {
    name: loop.name,
    start: () => loop.start(),
    stop: async () => {
      await loop.stop();
      await listener?.close();
      setRuntimeValue("mailListener", undefined);
    },
  };
}
