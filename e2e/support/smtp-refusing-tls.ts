import { type AddressInfo, createServer, type Socket } from "node:net";

export interface RefusingServer {
  port: number;
  /** Every line that a client sent. */
  lines: string[];
  close(): Promise<void>;
}

/**
 * An SMTP server that offers STARTTLS and then refuses it with the given reply (RFC 3207 4). It would take sign-ins and
 * mails without encryption, so that a client that falls back is caught.
 */
export async function startServerThatRefusesTls(refusal: string): Promise<RefusingServer> {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let isInMail = false;
    let rest = "";
    const say = (reply: string) => socket.write(`${reply}\r\n`);
    say("220 relay.example ESMTP");
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      const pieces = `${rest}${chunk.toString("utf8")}`.split("\r\n");
      rest = pieces.pop() ?? "";
      for (const line of pieces) {
        lines.push(line);
        if (isInMail) {
          if (line === ".") {
            isInMail = false;
            say("250 2.0.0 Ok: queued");
          }
          continue;
        }
        const verb = line.split(" ")[0]?.toUpperCase();
        if (verb === "EHLO") say("250-relay.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN");
        else if (verb === "STARTTLS") say(refusal);
        else if (verb === "AUTH") say("235 2.7.0 Authentication successful");
        else if (verb === "DATA") {
          isInMail = true;
          say("354 End data with <CR><LF>.<CR><LF>");
        } else if (verb === "QUIT") socket.end("221 2.0.0 Bye\r\n");
        else say("250 2.0.0 Ok");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
