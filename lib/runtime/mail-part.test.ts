import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "@/e2e/support/free-port";
import { mailListenerState, ownMailDomain } from "@/lib/core/mail-listener";
import { mailPart } from "./mail-part";

test("a port that is taken is said, and listened on as soon as it is free", async () => {
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  const part = mailPart({ port, host: "127.0.0.1", domains: ["belfry.example"], pem: null }, 20);
  await part.start();
  expect(mailListenerState()).toEqual({
    port,
    host: "127.0.0.1",
    domains: ["belfry.example"],
    hasTls: false,
    isListening: false,
    problem: `Port ${port} is taken by another program. Choose another one with BELFRY_SMTP_PORT.`,
  });
  other.close();
  await expect.poll(() => mailListenerState()).toMatchObject({ isListening: true, problem: null });
  await part.stop();
  expect(mailListenerState()).toBeNull();
});

test.each([
  ["https://belfry.example", [], "belfry.example"],
  ["http://192.0.2.1:3000", [], "[192.0.2.1]"],
  ["http://[fd12::1]:3000", [], "[IPv6:fd12::1]"],
  ["https://belfry.example", ["mail.example", "other.example"], "mail.example"],
  ["", [], "belfry.invalid"],
])("the domain of addresses at %s with %j is %s", (base, domains, expected) => {
  const state = { port: 25, host: "::", domains, hasTls: false, isListening: true, problem: null };
  expect(ownMailDomain(state, base)).toBe(expected);
});
