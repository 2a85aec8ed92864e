import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ResolveName } from "./connect";
import { connectToHost } from "./connect";
import { isLocalHost, refusalOf } from "./egress";
import { createHttp } from "./http";
import { createMail } from "./mail";

/**
 * https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry: the first and the last
 * address of every range, apart from those in `REACHABLE`.
 */
const SPECIAL = [
  ["0.0.0.0/8", "0.0.0.0", "0.255.255.255"],
  ["10.0.0.0/8", "10.0.0.0", "10.255.255.255"],
  ["100.64.0.0/10", "100.64.0.0", "100.127.255.255"],
  ["127.0.0.0/8", "127.0.0.0", "127.255.255.255"],
  ["169.254.0.0/16", "169.254.0.0", "169.254.255.255"],
  ["172.16.0.0/12", "172.16.0.0", "172.31.255.255"],
  ["192.0.0.0/24", "192.0.0.0", "192.0.0.255"],
  ["192.0.2.0/24", "192.0.2.0", "192.0.2.255"],
  ["192.31.196.0/24", "192.31.196.0", "192.31.196.255"],
  ["192.52.193.0/24", "192.52.193.0", "192.52.193.255"],
  ["192.88.99.0/24", "192.88.99.0", "192.88.99.255"],
  ["192.168.0.0/16", "192.168.0.0", "192.168.255.255"],
  ["192.175.48.0/24", "192.175.48.0", "192.175.48.255"],
  ["198.18.0.0/15", "198.18.0.0", "198.19.255.255"],
  ["198.51.100.0/24", "198.51.100.0", "198.51.100.255"],
  ["203.0.113.0/24", "203.0.113.0", "203.0.113.255"],
  ["224.0.0.0/4", "224.0.0.0", "239.255.255.255"],
  ["240.0.0.0/4", "240.0.0.0", "255.255.255.255"],
  ["::/128 and ::1/128", "::", "::1"],
  ["::ffff:0:0/96 of private addresses", "::ffff:10.0.0.0", "::ffff:192.168.255.255"],
  ["::/96 of private addresses", "::10.0.0.1", "::127.0.0.1"],
  ["::ffff:0:0:0/96 of private addresses", "::ffff:0:10.0.0.1", "::ffff:0:127.0.0.1"],
  ["64:ff9b::/96 of private addresses", "64:ff9b::10.0.0.0", "64:ff9b::192.168.1.1"],
  ["64:ff9b:1::/48", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
  ["64:ff9b:1::/48 of public addresses", "64:ff9b:1::1.1.1.1", "64:ff9b:1:101:1:100::"],
  ["100::/64", "100::", "100::ffff:ffff:ffff:ffff"],
  ["100:0:0:1::/64", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"],
  ["2001::/32", "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001::/32 by public addresses", "2001:0:101:101::fefe:fefe", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
  ["2001::/23", "2001:1::1", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:2::/48", "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"],
  ["2001:3::/32", "2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:4:112::/48", "2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff"],
  ["2001:10::/28", "2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:20::/28", "2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:30::/28", "2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2002::/16 of private addresses", "2002:a00:1::1", "2002:c0a8:ffff::"],
  ["2620:4f:8000::/48", "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"],
  ["3fff::/20", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["5f00::/16", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fc00::/7", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fe80::/10", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fec0::/10", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["ff00::/8", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["what IANA has not handed out", "4000::1", "e000::1"],
  ["ISATAP with a private address", "2606:4700::5efe:10.0.0.1", "2606:4700:0:0:200:5efe:192.168.1.1"],
  ["ISATAP in a local network", "fe80::5efe:1.1.1.1", "fd12::200:5efe:1.1.1.1"],
  ["a zone", "fe80::1%eth0", "fec0::1%2"],
  ["no address", "", "example.org"],
] as const;

/** Public, or another way to write what is. */
const REACHABLE = [
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "172.32.0.0",
  "192.0.1.0",
  "198.20.0.0",
  "223.255.255.255",
  "2606:4700::1111",
  "2a00:1450:4001:81b::200e",
  "2001:200::1",
  "2001:4860:4860::8888",
  "3fff:1000::1",
  "::ffff:1.1.1.1",
  "::1.1.1.1",
  "64:ff9b::1.1.1.1",
  "2002:101:101::1",
  "2606:4700::5efe:1.1.1.1",
];

/** Where clouds hand out credentials, written in every way that leads there. */
const METADATA = [
  "169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::a9fe:a9fe",
  "::ffff:0:a9fe:a9fe",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::a9fe:a9fe",
  "64:ff9b:1:a9fe:a9:fe00::",
  "64:ff9b:1:1:a9:fea9:fe00:0",
  "2002:a9fe:a9fe::1",
  "2001:0:a9fe:a9fe::1",
  "2001:0:101:101::5601:5601",
  "2606:4700::200:5efe:169.254.169.254",
  "fd00:ec2::254",
  "100.100.100.200",
];

describe("fault E14: what BELFRY_EGRESS=public lets pass", () => {
  test.each(SPECIAL)("nothing of %s", (_, first, last) => {
    for (const address of [first, last]) expect(refusalOf(address, "public"), address).toMatch(/^.*\.$/);
  });
  test.each(REACHABLE)("%s", (address) => expect(refusalOf(address, "public")).toBeNull());
});

test.each(METADATA)("fault E14: %s is never reached, whatever is allowed", (address) => {
  expect(refusalOf(address, "any")).toMatch(/never sends there/);
});

test.each(["10.0.0.1", "127.0.0.1", "fd12::1", "fec0::1", "64:ff9b:1::10.0.0.1", "2002:a00:1::1"])(
  "%s is reached where everything may be",
  (address) => expect(refusalOf(address, "any")).toBeNull(),
);

test.each([
  ["nas", true],
  ["nas.", true],
  ["nas.lan.", true],
  ["printer.local", true],
  ["[fec0::1]", true],
  ["10.0.0.1", true],
  ["example.org", false],
  ["example.org.", false],
  ["1.1.1.1", false],
])("fault E14: %s can only be local: %s", (host, expected) => expect(isLocalHost(host)).toBe(expected));

describe("fault E14: names are judged by the address that is connected to", () => {
  let server: Server;
  let port = 0;
  let came = 0;
  beforeAll(async () => {
    server = createServer((socket) => {
      came++;
      socket.on("error", () => undefined).end("220 reached\r\n");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => server.close());

  const answers = (...each: string[][]): ResolveName & { asked: number } => {
    const resolve = Object.assign(
      async () => {
        const now = each[Math.min(resolve.asked++, each.length - 1)] ?? [];
        return now.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      },
      { asked: 0 },
    );
    return resolve;
  };

  test.each([
    ["by http", (resolve: ResolveName) => webRequest(resolve)],
    ["by mail", (resolve: ResolveName) => mailTo(resolve)],
  ])("%s: private in any spelling, and a public one before it changes nothing", async (_, send) => {
    for (const addresses of [["127.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["fec0::1", "127.0.0.1"]])
      expect(await send(answers(addresses)), addresses.join()).toMatch(/public addresses only/);
    expect(came).toBe(0);
  });

  test("a name that changes its address after the check is asked only once: the checked address is the one in use", async () => {
    const resolve = answers(["192.0.2.1"], ["127.0.0.1"]);
    const target = { host: "rebind.example", port, egress: "any", timeoutMs: 300, resolve } as const;
    await expect(connectToHost(target)).rejects.toMatchObject({ failures: [{ address: "192.0.2.1" }] });
    expect(resolve.asked).toBe(1);
    expect(came).toBe(0);
  });

  async function webRequest(resolve: ResolveName): Promise<string> {
    const http = createHttp({ egress: "public", userAgent: "Belfry/test", resolve });
    const answer = await http.request({ url: `http://rebind.example:${port}/`, method: "GET" });
    await http.close();
    return answer.kind === "failed" && answer.isRefused ? answer.reason : "reached";
  }

  async function mailTo(resolve: ResolveName): Promise<string> {
    const mail = createMail({ egress: "public", resolve });
    const target = { host: "rebind.example", port, security: "none", acceptAnyCertificate: false, tls: {} } as const;
    const message = { from: "a@example.org", to: ["b@example.org"], subject: "s", html: "", text: "t" };
    const result = await mail.send(target, { ...message, messageId: "<a@example.org>", headers: {} });
    await mail.close();
    return JSON.stringify(result);
  }
});
