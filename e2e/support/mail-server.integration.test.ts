import { existsSync, readFileSync } from "node:fs";
import nodemailer from "nodemailer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MailServer, startMailServer } from "./mail-server";

let server: MailServer;
beforeAll(async () => {
  server = await startMailServer(["anna", "ben"]);
});
afterAll(async () => {
  await server.stop();
  expect(existsSync(server.caFile)).toBe(false);
});

const transport = (options: { user?: string; pass?: string; requireTLS?: boolean; ignoreTLS?: boolean }) =>
  nodemailer.createTransport({
    host: server.host,
    port: server.port,
    requireTLS: options.requireTLS,
    ignoreTLS: options.ignoreTLS,
    tls: { ca: readFileSync(server.caFile, "utf8") },
    auth: options.user ? { user: options.user, pass: options.pass ?? server.password } : undefined,
  });

const letter = (to: string) => ({ from: server.addressOf("anna"), to, subject: "Sicherung läuft 🔔", text: "Grüße" });

test("a mail goes in by STARTTLS and sign-in, and comes back out of the mailbox", async () => {
  const user = server.addressOf("anna");
  await transport({ user, requireTLS: true }).sendMail(letter(server.addressOf("ben")));
  const [mail] = await server.waitFor("ben", 1);
  expect(mail?.subject).toBe("Sicherung läuft 🔔");
  expect(mail?.text?.trim()).toBe("Grüße");
  expect(server.words()).toContain("Anonymous TLS connection established");
});

test("a wrong password is refused", async () => {
  const send = transport({ user: server.addressOf("anna"), pass: "wrong" }).sendMail(letter(server.addressOf("ben")));
  await expect(send).rejects.toMatchObject({ responseCode: 535 });
});

test("without TLS no sign-in is offered, and without sign-in nothing is taken", async () => {
  const plain = transport({ user: server.addressOf("anna"), ignoreTLS: true });
  await expect(plain.sendMail(letter(server.addressOf("ben")))).rejects.toThrow();
  await expect(transport({}).sendMail(letter(server.addressOf("ben")))).rejects.toMatchObject({ responseCode: 554 });
});

test("an unknown mailbox is refused, and mail for elsewhere does not leave", async () => {
  const user = server.addressOf("anna");
  await expect(transport({ user }).sendMail(letter(server.addressOf("nobody")))).rejects.toMatchObject({
    responseCode: 550,
  });
});
