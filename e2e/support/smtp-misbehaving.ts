import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { selfSigned } from "./certificate";

/** A mail as it arrived, with the envelope that carried it. */
export interface ArrivedMail {
  from: string;
  to: string[];
  raw: string;
  parsed: ParsedMail;
  isEncrypted: boolean;
  user: string | null;
  /** The name that the client greeted with. */
  helo: string;
}

/** How the server misbehaves; each can change while it runs. */
export interface MessageOptionsByProvider {
  /** Answers to these recipients: `[550, "No such user"]`. */
  refuse: Map<string, [code: number, words: string]>;
  refuseSender: [code: number, words: string] | null;
  refuseData: [code: number, words: string] | null;
  /** Takes the whole message and closes the connection without a reply. */
  dropAfterData: boolean;
  /** Takes the whole message and never answers. */
  hangAfterData: boolean;
  /** Takes the whole message and answers when `answerHeld` is called. */
  holdReplies: boolean;
  /** The answer to a token that is not good, at once, as Exchange gives it; null: a challenge first, as Gmail does. */
  refuseToken: [code: number, words: string] | null;
  /** Greets only after this promise. */
  greetAfter: Promise<void> | null;
}

export interface SmtpServer {
  port: number;
  mails: ArrivedMail[];
  manners: MessageOptionsByProvider;
  connections: number;
  /** Sign-ins with a token, good or not. */
  signIns: number;
  /** Accepts all messages whose reply was held. */
  answerHeld(): void;
  close(): Promise<void>;
}

export interface SmtpSettings {
  /** `starttls` offers the upgrade, `ssl` begins with TLS, `none` offers nothing. */
  security: "starttls" | "ssl" | "none";
  user?: string;
  password?: string;
  /** Takes access tokens (XOAUTH2): whether this one is good for this user. */
  acceptsToken?: (user: string, token: string) => boolean;
  /** A free port of 127.0.0.1 when left out. */
  at?: { host: string; port: number };
}

let certificate: { key: string; cert: string } | undefined;

/** A real SMTP server on loopback that misbehaves on request. */
export async function startSmtpServer(settings: SmtpSettings): Promise<SmtpServer> {
  certificate ??= selfSigned();
  const mails: ArrivedMail[] = [];
  const manners: MessageOptionsByProvider = {
    refuse: new Map(),
    refuseSender: null,
    refuseData: null,
    dropAfterData: false,
    hangAfterData: false,
    holdReplies: false,
    refuseToken: null,
    greetAfter: null,
  };
  const held: (() => void)[] = [];
  const state = { connections: 0, signIns: 0 };
  const wantsSignIn = Boolean(settings.user || settings.acceptsToken);
  const options: SMTPServerOptions = {
    ...certificate,
    secure: settings.security === "ssl",
    disabledCommands: [...(settings.security === "none" ? ["STARTTLS"] : []), ...(wantsSignIn ? [] : ["AUTH"])],
    authOptional: !wantsSignIn,
    ...(settings.acceptsToken ? { authMethods: ["XOAUTH2", "PLAIN"] } : {}),
    allowInsecureAuth: settings.security === "none",
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 200,
    onConnect(_, callback) {
      state.connections++;
      void Promise.resolve(manners.greetAfter).then(() => callback());
    },
    onAuth(auth, _, callback) {
      if (auth.method === "XOAUTH2") {
        const { username = "", accessToken = "" } = auth;
        state.signIns++;
        if (settings.acceptsToken?.(username, accessToken)) callback(null, { user: username });
        else if (manners.refuseToken) callback(reply(manners.refuseToken));
        // As Gmail does: a challenge first, and the refusal after the client's empty answer.
        else callback(null, { data: { status: "400", schemes: "Bearer", scope: "https://mail.google.com/" } });
        return;
      }
      const isRight = auth.username === settings.user && auth.password === settings.password;
      if (isRight) callback(null, { user: auth.username });
      else callback(reply([535, "5.7.8 Authentication credentials invalid"]));
    },
    onMailFrom(_, __, callback) {
      callback(manners.refuseSender ? reply(manners.refuseSender) : null);
    },
    onRcptTo({ address }, _, callback) {
      const refusal = manners.refuse.get(address);
      callback(refusal ? reply(refusal) : null);
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", async () => {
        if (manners.refuseData) {
          callback(reply(manners.refuseData));
          return;
        }
        const raw = Buffer.concat(chunks).toString();
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          raw,
          parsed: await simpleParser(raw),
          isEncrypted: session.secure,
          user: session.user || null,
          helo: session.hostNameAppearsAs || "",
        });
        if (manners.hangAfterData) return;
        if (manners.dropAfterData) {
          for (const connection of server.connections) (connection as unknown as { close(): void }).close();
          return;
        }
        const accept = () => callback(null, `Ok: queued as ${mails.length}`);
        if (manners.holdReplies) held.push(accept);
        else accept();
      });
    },
  };
  const server = new SMTPServer(options) as SMTPServer & { connections: Set<unknown> };
  // Clients that give up in the middle are the purpose of these tests.
  server.on("error", () => undefined);
  const { host, port } = settings.at ?? { host: "127.0.0.1", port: 0 };
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    manners,
    get connections() {
      return state.connections;
    },
    get signIns() {
      return state.signIns;
    },
    answerHeld: () => {
      for (const accept of held.splice(0)) accept();
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function reply([code, words]: [number, string]): Error & { responseCode: number } {
  return Object.assign(new Error(words), { responseCode: code });
}
