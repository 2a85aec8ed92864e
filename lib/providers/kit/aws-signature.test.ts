import { expect, test } from "vitest";
import { awsAuthorization, awsTime } from "./aws-signature";

// AWS's published test suite for Signature Version 4: its keys, its time, its service.
const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const SCOPE = { region: "us-east-1", service: "service" };
const FIXED = { host: "example.amazonaws.com", "x-amz-date": "20150830T123600Z" };
const HEAD = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=";

test.each([
  ["post-vanilla", {}, "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  [
    "post-x-www-form-urlencoded",
    { "content-type": "application/x-www-form-urlencoded" },
    "Param1=value1",
    "content-type;host;x-amz-date",
    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  ],
  [
    "post-x-www-form-urlencoded-parameters",
    { "content-type": "application/x-www-form-urlencoded; charset=utf8" },
    "Param1=value1",
    "content-type;host;x-amz-date",
    "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
  ],
  [
    "post-header-key-case, post-header-value-case",
    { "my-header1": "VALUE1" },
    "",
    "host;my-header1;x-amz-date",
    "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
  ],
])("AWS's vector %s", (_, headers, body, signed, signature) => {
  const request = { path: "/", headers: { ...FIXED, ...headers }, body };
  expect(awsAuthorization(request, SCOPE, KEYS)).toBe(`${HEAD}${signed}, Signature=${signature}`);
});

test("any change of body, time or key is another signature", () => {
  const sign = (body: string, time = FIXED["x-amz-date"], secretAccessKey = KEYS.secretAccessKey) =>
    awsAuthorization({ path: "/", headers: { ...FIXED, "x-amz-date": time }, body }, SCOPE, {
      ...KEYS,
      secretAccessKey,
    });
  const all = [sign("a"), sign("b"), sign("a", "20150830T123601Z"), sign("a", undefined, "other")];
  expect(new Set(all.map((one) => one.split("Signature=")[1])).size).toBe(4);
});

test("AWS's way of writing a time", () => {
  expect(awsTime(Date.UTC(2015, 7, 30, 12, 36, 0, 123))).toBe("20150830T123600Z");
});
