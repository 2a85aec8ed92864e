import { defineReceiver, type ReceivedRequest } from "./contract";
import { textReply } from "./kit/answers";
import { readAppriseMessage } from "./kit/apprise-message";
import type { Fields } from "./kit/fields";
import { bodyText } from "./kit/texts";

const ELEMENTS = { title: "Subject", message: "Message", type: "MessageType" };
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Apprise's own XML (`xml://host/…`): a SOAP envelope with a notification. */
export const xmlReceiver = defineReceiver({
  id: "xml",
  name: "XML",
  read: (request) => readAppriseMessage(request, readEnvelope, textReply("OK")),
});

/** Its texts are escaped, so that no element stands within another's text. */
function readEnvelope(request: ReceivedRequest): Fields | null {
  const xml = envelopeText(request.body);
  const fields = new Map<string, string>();
  for (const [field, element] of Object.entries(ELEMENTS)) {
    const start = xml.indexOf(`<${element}>`);
    const end = xml.indexOf(`</${element}>`, start);
    if (start >= 0 && end > start) fields.set(field, unescapeXml(xml.slice(start + element.length + 2, end)));
  }
  return fields.size === 0 ? null : fields;
}

/** Apprise declares UTF-8 and sends Latin-1 where that suffices. */
function envelopeText(body: Buffer): string {
  const text = bodyText(body);
  return text.includes("\ufffd") ? bodyText(Buffer.from(body.toString("latin1"))) : text;
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name)] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}
