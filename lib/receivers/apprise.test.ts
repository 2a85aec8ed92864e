import { describe, expect, test } from "vitest";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";

const FAIL = "A borgmatic FAIL event happened";
const TWO_LINES: Signal = { state: "failure", message: `${FAIL}: Zeile <1> & é: two`, log: "Zeile <1> & é\ntwo" };
/** In the bytes of Apprise 1.2.0: it declares UTF-8 and sends Latin-1. */
const XML = Buffer.from(
  `<?xml version='1.0' encoding='utf-8'?>
<soapenv:Envelope
    xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    <soapenv:Body>
        <Notification xmlns:xsi="https://raw.githubusercontent.com/caronc/apprise/master/apprise/assets/NotifyXML-1.1.xsd">
            <Version>1.1</Version><Subject>${FAIL}</Subject><MessageType>failure</MessageType><Message>Zeile &lt;1&gt; &amp; é
two</Message>
       </Notification>
    </soapenv:Body>
</soapenv:Envelope>`,
  "latin1",
);
const MULTIPART = [
  "--b0undary",
  'Content-Disposition: form-data; name="title"',
  "",
  FAIL,
  "--b0undary",
  'Content-Disposition: form-data; name="message"',
  "",
  "Zeile <1> & é\r\ntwo",
  "--b0undary",
  'Content-Disposition: form-data; name="file01"; filename="type"',
  "Content-Type: text/plain",
  "",
  "success",
  "--b0undary",
  'Content-Disposition: form-data; name="type"',
  "",
  "failure",
  "--b0undary--",
  "",
].join("\r\n");

const MESSAGES: [line: string, body: string | Buffer, signal: Signal][] = [
  // recorded from Apprise 1.2.0, newer forms from 1.13.0
  [
    "POST /in/TOKEN/json",
    `{"version": "1.0", "title": "${FAIL}", "message": "Zeile <1> & \\u00e9\\ntwo", "attachments": [], "type": "failure"}`,
    TWO_LINES,
  ],
  [
    "POST /in/TOKEN/form",
    "version=1.0&title=A+borgmatic+FAIL+event+happened&message=Zeile+%3C1%3E+%26+%C3%A9%0Atwo&type=failure",
    TWO_LINES,
  ],
  ["POST /in/TOKEN/form", MULTIPART, TWO_LINES],
  ["POST /in/TOKEN/xml", XML, TWO_LINES],
  ["POST /in/TOKEN/xml", XML.toString("latin1"), TWO_LINES],
  [
    "POST /in/TOKEN/apprise/notify/apprisekey",
    `{"title": "${FAIL}", "body": "Zeile <1> & \\u00e9\\ntwo", "type": "failure", "format": "text"}`,
    TWO_LINES,
  ],
  ["POST /notify/TOKEN", `title=${FAIL}&body=Zeile+%3C1%3E+%26+%C3%A9%0Atwo&type=failure&format=text`, TWO_LINES],
  [
    "POST /in/TOKEN/json",
    `{"version":"1.0","title":"${FAIL}","message":"${FAIL}","attachments":[],"type":"failure"}`,
    { state: "failure", message: FAIL },
  ],
];

test.each(MESSAGES)("%s %s", (line, body, signal) => {
  expect(receive(line, { body })).toMatchObject({ signals: [signal], answer: { status: 200 } });
});

test.each([
  ["info", "A borgmatic START event happened", "start"],
  ["info", "A borgmatic LOG event happened\n\nlog of the run", "log"],
  ["info", "Backup begins", "unknown"],
  ["success", "A borgmatic FINISH event happened", "success"],
  ["success", "All is well", "success"],
  ["success", FAIL, "failure"],
  ["warning", "Two files vanished", "warning"],
  ["failure", "All is lost", "failure"],
  ["constructor", "Odd", "unknown"],
])("type %s with %j", (type, message, state) => {
  for (const id of ["json", "apprise"]) {
    const body = JSON.stringify({ version: "1.0", title: "", message, type });
    expect(receive(`POST /in/TOKEN/${id}`, { body }).signals[0]?.state).toBe(state);
  }
});

describe("refuses", () => {
  test.each([
    ["POST /in/TOKEN/json", ""],
    ["POST /in/TOKEN/json", "[]"],
    ["POST /in/TOKEN/json", '{"title":1'],
    ["POST /in/TOKEN/json", '{"other":"x"}'],
    ["POST /in/TOKEN/form", "just a text"],
    ["POST /in/TOKEN/xml", "<xml/>"],
    ["POST /in/TOKEN/form", "--\r\n"],
  ])("%s %j", (line, body) => {
    expect(receive(line, { body })).toMatchObject({ signals: [], answer: { status: 400 } });
  });
});

test("a failure in JSON that was too long to be kept whole is one", () => {
  const whole = JSON.stringify({
    version: "1.0",
    title: "Nightly",
    message: "line\n".repeat(100),
    attachments: [],
    type: "failure",
  });
  const body = `${whole.slice(0, 100)}${whole.slice(-60)}`;
  expect(receive("POST /in/TOKEN/json", { body, isCut: true }).signals[0]?.state).toBe("failure");
});
