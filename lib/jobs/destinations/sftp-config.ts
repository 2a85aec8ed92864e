import { z } from "zod";
import { field } from "../contract";
import { readPinnedKeys } from "./sftp-host-key";

const isPlain = (text: string) => [...text].every((letter) => letter >= " ");
const text = (max: number) =>
  z.string().trim().min(1, "Fill this in.").max(max).refine(isPlain, "No line breaks or control characters.");

/** Where it connects to, and whom it takes for that server: a password goes to nobody else. */
const TO_THE_SERVER = ["host", "port", "hostKey"] as const;

export const sftpConfig = z
  .object({
    host: field(
      text(255).refine((host) => !host.includes("/"), "Enter only the name or address of the server."),
      { label: "Host", placeholder: "nas.example" },
    ),
    port: field(z.coerce.number<number>().int().min(1).max(65_535).default(22), { label: "Port", widget: "number" }),
    user: field(text(255), { label: "User", placeholder: "backup" }),
    password: field(z.string().max(1_000).refine(isPlain, "No line breaks or control characters.").optional(), {
      label: "Password",
      help: "Leave it empty where a private key signs in.",
      secret: true,
      sentTo: TO_THE_SERVER,
      widget: "password",
    }),
    privateKey: field(z.string().trim().max(50_000).optional(), {
      label: "Private key",
      placeholder: "-----BEGIN OPENSSH PRIVATE KEY-----",
      help: "The whole file, such as id_ed25519. Its public half belongs into authorized_keys on the server.",
      secret: true,
      sentTo: { nobody: "It signs in this process and is never sent." },
      widget: "textarea",
    }),
    passphrase: field(z.string().max(1_000).optional(), {
      label: "Passphrase of the private key",
      secret: true,
      sentTo: { nobody: "It opens the private key in this process and is never sent." },
      widget: "password",
      advanced: true,
    }),
    hostKey: field(
      z
        .string()
        .trim()
        .max(10_000)
        .refine(
          (keys) => keys === "" || readPinnedKeys(keys) !== null,
          "Enter a fingerprint that begins with SHA256:, or the public key as ssh-keyscan prints it.",
        )
        .optional(),
      {
        label: "Host key",
        placeholder: "ssh-ed25519 SHA256:…",
        help: "What the server identifies itself by. Leave it empty the first time: Test shows the key that the server has, for you to compare and accept.",
        widget: "textarea",
      },
    ),
    path: field(
      text(1_024).refine((path) => !path.split("/").includes(".."), "Enter the path without “..” in it."),
      {
        label: "Folder",
        placeholder: "/srv/backups",
        help: "A path on the server. Without a slash at its beginning it is below the folder that the user starts in.",
      },
    ),
  })
  .refine(({ password, privateKey }) => Boolean(password) || Boolean(privateKey), {
    path: ["password"],
    message: "Enter a password or a private key.",
  });

export type SftpConfig = z.output<typeof sftpConfig>;
