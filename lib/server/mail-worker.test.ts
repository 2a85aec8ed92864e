import { afterAll, expect, test } from "vitest";
import { MailWorker } from "./mail-worker";
import { readMail } from "./read-mail";

const worker = new MailWorker();
afterAll(() => worker.close());

const read = async (text: string) => readMail(await worker.parse(Buffer.from(text, "latin1")));

test("what makes the parser throw costs its thread, and the messages behind it are read", async () => {
  // A name that every object has: looked up in a table, it is no text.
  const hostile = "Subject: a\r\nContent-Disposition: attachment; filename=constructor\r\n\r\nx";
  const answers = await Promise.allSettled([
    read("Subject: one\r\n\r\nx"),
    read(hostile),
    read("Subject: two\r\n\r\nx"),
  ]);
  expect(answers).toMatchObject([
    { status: "fulfilled", value: { subject: "one" } },
    { status: "rejected" },
    { status: "fulfilled", value: { subject: "two" } },
  ]);
});

test("a message whose head does not end is refused before it is read", async () => {
  await expect(read(`Subject: x\r\nTo: ${"a@b, ".repeat(100_000)}\r\n\r\nx`)).rejects.toThrow("header size");
});

const PIECES = [
  ..."Subject: |From: |=?utf-8?B?|=?x?Q?|?=|; charset=|x-none|iso-2022-jp|utf-7|utf-16|gb2312|base64|quoted-printable".split(
    "|",
  ),
  ..."Content-Type: text/html|Content-Type: multipart/mixed; boundary=b|Content-Type: message/rfc822|--b|--b--".split(
    "|",
  ),
  ..."Content-Transfer-Encoding: |Content-Disposition: attachment; filename*=|utf-8''%ff%00|filename*0*=|__proto__".split(
    "|",
  ),
  ..."format=flowed; delsp=yes|Date: |Message-ID: <|>|To: a@b, c: d@e;|===|=C3=28|Content-Type: message/delivery-status".split(
    "|",
  ),
  "\r\n",
  "\r\n\r\n",
  "\n",
  "\t",
  " ",
  ":",
  '"',
  "\u0000",
  "\u00ff",
];

test("of any pieces in a row comes an answer", async () => {
  let state = 20_261_127;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  for (let index = 0; index < 400; index++) {
    const text = Array.from({ length: below(40) }, () => PIECES[below(PIECES.length)]).join("");
    const answer = await read(text).catch((error: Error) => error);
    expect(answer instanceof Error ? answer.message : typeof answer.subject, JSON.stringify(text)).not.toBe(
      "it takes too long",
    );
  }
});
