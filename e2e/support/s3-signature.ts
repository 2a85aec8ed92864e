import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Whether a request was signed with the secret:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function isSignedWith(secret: string, { method = "", url = "", headers }: IncomingMessage): boolean {
  const part = (name: string) => new RegExp(`${name}=([^, ]+)`).exec(headers.authorization ?? "")?.[1] ?? "";
  const [, day = "", region = "", service = ""] = part("Credential").split("/");
  const names = part("SignedHeaders").split(";");
  const [path = "", query = ""] = url.split("?");
  const canonical = [
    method,
    path,
    query
      .split("&")
      .filter(Boolean)
      .map((one) => (one.includes("=") ? one : `${one}=`))
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${String(headers[name] ?? "").trim()}`),
    "",
    names.join(";"),
    headers["x-amz-content-sha256"],
  ].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const scope = [day, region, service, "aws4_request"];
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope.join("/"), hash].join("\n");
  const key = scope.reduce<string | Buffer>(
    (from, one) => createHmac("sha256", from).update(one).digest(),
    `AWS4${secret}`,
  );
  return createHmac("sha256", key).update(text).digest("hex") === part("Signature");
}
