import { expect, test } from "vitest";
import { z } from "zod";
import { splitSecrets } from "@/lib/secrets/config";
import { setSecretKey } from "@/lib/secrets/key";
import { checkMailServer, MAIL_SECRETS, mailServerSchema, mailServerView } from "./mail-server";

setSecretKey("k".repeat(32));

test("the form is that of an Email channel's own server, without the choice of another one", () => {
  const schema = JSON.parse(JSON.stringify(z.toJSONSchema(mailServerSchema, { io: "input" }))) as {
    properties: Record<string, Record<string, unknown>>;
    required: string[];
  };
  expect(Object.keys(schema.properties)).toEqual([
    "host",
    "port",
    "security",
    "signIn",
    "user",
    "password",
    "tenant",
    "clientId",
    "clientSecret",
    "serviceKey",
    "refreshToken",
    "oauth2Url",
    "scope",
    "heloName",
    "acceptAnyCertificate",
    "tlsCa",
    "tlsCert",
    "tlsKey",
    "from",
  ]);
  expect(schema.required.sort()).toEqual(["from", "host"]);
  for (const property of Object.values(schema.properties)) {
    expect(property.label).toEqual(expect.any(String));
    // Only the sign-in hides anything here.
    expect([undefined, "signIn"]).toContain((property.showWhen as { field: string } | undefined)?.field);
  }
  expect(schema.properties.password).toMatchObject({ secret: true, widget: "password" });
});

test("each error is reported at its field", () => {
  expect(() => checkMailServer(null, { from: "nobody", port: 99_999 })).toThrow(
    expect.objectContaining({
      code: "invalid",
      details: {
        fields: {
          "config.host": "This field must be filled in.",
          "config.port": "At most 65,535.",
          "config.from": expect.stringContaining("address"),
        },
      },
    }),
  );
});

test("a blank password keeps the stored one, null clears it, and the view has neither", () => {
  const whole = checkMailServer(null, { host: "mail.example", from: "a@example.org", user: "a", password: "hunter22" });
  const { plain, sealed } = splitSecrets(whole, MAIL_SECRETS);
  const stored = { config: plain, secrets: sealed };
  expect(JSON.stringify(stored)).not.toContain("hunter22");
  expect(mailServerView(stored)).toMatchObject({ host: "mail.example", port: 587, password: { stored: true } });
  expect(checkMailServer(stored, { heloName: "mail.example.org", password: "" })).toMatchObject({
    heloName: "mail.example.org",
    password: "hunter22",
    user: "a",
  });
  expect(() => checkMailServer(stored, { port: 25, password: "" })).toThrow(
    expect.objectContaining({
      details: { fields: { "config.password": expect.stringContaining("Enter this again") } },
    }),
  );
  expect(checkMailServer(stored, { password: null })).not.toHaveProperty("password");
});
