import { describe, expect, test } from "vitest";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { allProviders } from "./registry";

const messengers = allProviders().filter(({ purpose, delegatesTo }) => purpose === "message" && !delegatesTo);

describe.each(messengers.map((provider) => [provider.id, provider] as const))("fault C5: %s", (_, provider) => {
  const notification = sampleNotification({ fields: [{ label: "Host", value: "db-17.example.net" }] });
  const own = { message: "Look at the disk of the database.", values: {} };
  const sent = (more: object) => {
    const config = provider.parse(provider.example);
    return JSON.stringify(provider.render(notification, config, sampleContext(more)));
  };

  test.runIf(sent({}).includes("db-17.example.net"))("the facts stay below a custom message", () => {
    expect(sent({ own })).toContain("db-17.example.net");
  });

  test("no facts are sent where they are not wanted", () => {
    expect(sent({ own, hidesFacts: true })).not.toContain("db-17.example.net");
    expect(sent({ hidesFacts: true })).not.toContain("db-17.example.net");
  });
});
