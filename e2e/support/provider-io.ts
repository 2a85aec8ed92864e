import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Provider, ProviderIo, RenderContext, SendResult } from "@/lib/providers/contract";
import { createHttp } from "@/lib/providers/kit/http";
import { createMail } from "@/lib/providers/kit/mail";
import { sampleContext, sampleNotification } from "./sample-notification";

/** Long enough for a busy machine; a service that hangs is given up after this much. */
const PATIENCE_MS = 10_000;
const HANGING_MS = 100;

interface TrialService {
  close(): Promise<void>;
  recover?(): void;
  hang?(): void;
}

export interface Trial<S extends TrialService> {
  /** The service, from the first test on. It recovers after each test. */
  readonly server: S;
  /** The real connections. Requests time out at once while the service hangs. */
  readonly io: ProviderIo;
  /** Renders the sample with these changes, and sends it. */
  deliver(
    provider: Provider,
    config: unknown,
    more?: Parameters<typeof sampleNotification>[0],
    context?: Partial<RenderContext>,
  ): Promise<SendResult>;
}

/**
 * Starts a service for the tests of one file, and the connections over which a provider reaches it.
 * @param perTest a new service for each test, when what one leaves behind would matter to the next
 */
export function startTrial<S extends TrialService>(start: () => Promise<S>, { perTest = false } = {}): Trial<S> {
  const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
  const mail = createMail({ egress: "any" });
  let timeoutMs = PATIENCE_MS;
  const started: S[] = [];
  const io: ProviderIo = { http: { request: (input) => http.request({ ...input, timeoutMs }) }, mail };

  (perTest ? beforeEach : beforeAll)(async () => {
    const server = await start();
    started.push(server);
    const { hang, recover } = server;
    if (!hang || !recover) return;
    server.hang = () => {
      timeoutMs = HANGING_MS;
      hang();
    };
    server.recover = () => {
      timeoutMs = PATIENCE_MS;
      recover();
    };
  });
  afterEach(() => started.at(-1)?.recover?.());
  afterAll(async () => {
    await http.close();
    await mail.close();
    await Promise.all(started.map((server) => server.close()));
  });

  return {
    get server() {
      const server = started.at(-1);
      if (!server) throw new Error("The service of a trial starts with the first test.");
      return server;
    },
    io,
    deliver: (provider, config, more = {}, context = {}) =>
      provider.send(provider.render(sampleNotification(more), config, sampleContext(context)), config, io),
  };
}
