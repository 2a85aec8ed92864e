import { type ServiceForForms, startService } from "./service";

const PATH = "/hooks/3f9c1d7ae0b24c55";

/** A receiver of somebody's own: one address takes, all others are unknown. */
export const forForms: ServiceForForms = {
  provider: "webhook",
  start: () =>
    startService(({ path, method }) => {
      if (path !== PATH) return { status: 404, body: "There is no such hook here." };
      return method === "PUT" ? { status: 200, body: "taken" } : { status: 405, body: "Only PUT is taken." };
    }),
  config: (url) => ({ url: `${url}${PATH}`, method: "PUT", authHeader: "Bearer of-the-webhook-0123456789" }),
  secretField: "url",
  texts: ({ requests }) => requests.filter(({ status }) => status === 200).map(({ body }) => body),
};
