import { type Service, type ServiceForForms, startService } from "./service";

export const CRONHUB_MONITOR = "1f5e3410-254c-11e8-b61d-55875966d031";

export interface CronhubService extends Service {
  signals: string[];
}

/** Takes pings as Cronhub did: one word, then the monitor. https://docs.cronhub.io/how-to-ping.html */
export async function startCronhub(): Promise<CronhubService> {
  const signals: string[] = [];
  const service = await startService(({ path }) => {
    const [, word, monitor] = /^\/(ping|start|finish|fail)\/([\w-]+)$/.exec(path) ?? [];
    if (!word || monitor !== CRONHUB_MONITOR) return { status: 404, body: { message: "Monitor not found" } };
    signals.push(word);
    return { status: 200, body: { success: true } };
  });
  return Object.assign(service, { signals });
}

export const forForms: ServiceForForms<CronhubService> = {
  provider: "cronhub",
  start: startCronhub,
  config: (url) => ({ pingUrl: `${url}/ping/${CRONHUB_MONITOR}` }),
  secretField: "pingUrl",
  // Pings carry no text; the plain one is what a Test sends.
  texts: (service) => service.signals.map((word) => (word === "ping" ? "a Test" : word)),
};
