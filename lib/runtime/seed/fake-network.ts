import type { ProviderIo } from "@/lib/providers/contract";
import type { HttpAnswer, HttpRequest } from "@/lib/providers/kit/http";
import type { MailAnswer } from "@/lib/providers/kit/mail-exchange";
import type { Outage } from "./incidents";
import type { PastClock } from "./past-clock";
import type { SeededRandom } from "./random";

/**
 * The services of the demo: they answer as the real ones do, take their time on the past clock, and fail on demand.
 * Nothing leaves the machine.
 */
export class FakeNetwork implements ProviderIo {
  private readonly failing = { chat: 0, mail: 0, hook: 0 };
  private message = 1_300_000_000;

  constructor(
    private readonly clock: PastClock,
    private readonly random: SeededRandom,
  ) {}

  fail({ service, times }: Outage): void {
    this.failing[service] += times;
  }

  readonly http = {
    request: async ({ url }: HttpRequest): Promise<HttpAnswer> => {
      const isDiscord = new URL(url).hostname.startsWith("discord");
      this.clock.pass(isDiscord ? this.random.between(110, 380) : this.random.between(24, 95));
      if (this.fails(isDiscord ? "chat" : "hook")) return isDiscord ? SLOW_DOWN : NO_HOOK;
      return isDiscord ? answer(200, { id: `${++this.message}00000000`, type: 0 }) : answer(200, { ok: true });
    },
  };

  readonly mail = {
    send: async (): Promise<MailAnswer> => {
      if (this.fails("mail")) {
        this.clock.pass(this.random.between(3, 9));
        return {
          kind: "failed",
          reason: "smtp.belfry.example refuses the connection on port 587.",
          retryable: true,
          code: "ECONNREFUSED",
        };
      }
      this.clock.pass(this.random.between(240, 900));
      return {
        kind: "sent",
        receipt: `250 2.0.0 Ok: queued as ${this.random.hex(5).toUpperCase()}`,
        accepted: [],
        refused: [],
      };
    },
  };

  private fails(service: Outage["service"]): boolean {
    if (this.failing[service] === 0) return false;
    this.failing[service]--;
    return true;
  }
}

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return { kind: "answer", status, headers, body: JSON.stringify(body) };
}

const SLOW_DOWN = answer(
  429,
  { message: "You are being rate limited.", retry_after: 6.4, global: false },
  { "retry-after": "7", "x-ratelimit-scope": "user" },
);
const NO_HOOK = answer(404, { error: "There is no hook of this name." });
