import type { Provider, ProviderIo, RenderContext, SendResult } from "@/lib/providers/contract";
import { createHttp } from "@/lib/providers/kit/http";
import { createMail } from "@/lib/providers/kit/mail";
import { sampleContext, sampleNotification } from "./sample-notification";

export interface Trial {
  io: ProviderIo;
  /** Renders the sample as it is changed, and sends it. */
  tell(
    provider: Provider,
    config: unknown,
    more?: Parameters<typeof sampleNotification>[0],
    context?: Partial<RenderContext>,
  ): Promise<SendResult>;
  close(): Promise<void>;
}

/** The real ways out, but with little patience, to try a provider on a server of the test's own. */
export function startTrial(timeoutMs = 2_000): Trial {
  const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
  const io: ProviderIo = {
    http: { request: (input) => http.request({ ...input, timeoutMs }) },
    mail: createMail({ egress: "any" }),
  };
  return {
    io,
    tell: (provider, config, more = {}, context = {}) =>
      provider.send(provider.render(sampleNotification(more), config, sampleContext(context)), config, io),
    close: () => http.close(),
  };
}
