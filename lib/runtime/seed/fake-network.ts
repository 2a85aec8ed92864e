import type { ProviderIo } from "@/lib/providers/contract";
import type { HttpAnswer, HttpRequest } from "@/lib/providers/http";
import type { MailAnswer } from "@/lib/providers/mail";
import type { Outage } from "./incidents";
import type { PastClock } from "./past-clock";
import type { SeededRandom } from "./random";

/**
 * The services of the demo's past: they answer like the real ones, take time on the clock of the past, and fail on request.
 * Nothing leaves the machine.
 */
export class FakeNetwork implements ProviderIo {
  private readonly failing = { chat: 0, mail: 0, hook: 0 };
  private message = 1_300_000_000;

  constructor(
    private readonly clock: PastClock,
    private readonly chance: SeededRandom,
  ) {}

  fail({ service, times }: Outage): void {
    this.failing[service] += times;
  }

  readonly http = {
    request: async ({ url }: HttpRequest): Promise<HttpAnswer> => {
      const isDiscord = new URL(url).hostname.startsWith("discord");
      this.clock.pass(isDiscord ? this.chance.between(110, 380) : this.chance.between(24, 95));
      if (this.fails(isDiscord ? "chat" : "hook")) return isDiscord ? SLOW_DOWN : NO_HOOK;
      return isDiscord ? answer(200, { id: `${++this.message}00000000`, type: 0 }) : answer(200, { ok: true });
    },
  };

  readonly mail = {
    send: async (): Promise<MailAnswer> => {
      if (this.fails("mail")) {
        this.clock.pass(this.chance.between(3, 9));
        return {
          kind: "failed",
          reason: "smtp.belfry.example refuses the connection on port 587.",
          retryable: true,
          code: "ECONNREFUSED",
        };
      }
      this.clock.pass(this.chance.between(240, 900));
      return { kind: "sent", receipt: `250 2.0.0 Ok: queued as ${this.chance.hex(5).toUpperCase()}`, refused: [] };
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
