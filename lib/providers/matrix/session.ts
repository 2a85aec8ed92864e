import { trimEndSigns } from "@/lib/core/trim-signs";
import type { AnswerRules, ProviderIo, SendResult } from "../contract";
import { classify } from "../kit/classify";
import type { HttpAnswer } from "../kit/http";
import { objectIn } from "../kit/json-body";

/** How Belfry signs in: with a permanent token, or with a password for the duration of one message. */
export interface MatrixAccount {
  serverUrl: string;
  accessToken?: string;
  user?: string;
  password?: string;
}

/** One person at one homeserver. https://spec.matrix.org/latest/client-server-api/ */
export class MatrixSession {
  private base: string;
  private hasLookedFurther = false;
  /** `@name:server`, once it is known. */
  private userId: string | undefined;

  constructor(
    private readonly io: ProviderIo,
    serverUrl: string,
    private token: string,
  ) {
    this.base = trimEndSigns(serverUrl, "/");
  }

  /**
   * Signs in as the same device for all attempts of a delivery: transaction ids are scoped to a device,
   * so a message whose answer was lost is not posted twice.
   * @returns the refusal when there is one
   */
  static async open(account: MatrixAccount, deviceId: string, io: ProviderIo): Promise<MatrixSession | SendResult> {
    const session = new MatrixSession(io, account.serverUrl, account.accessToken ?? "");
    if (account.accessToken) return session;
    const answer = await session.ask("POST", "/login", {
      type: "m.login.password",
      identifier: { type: "m.id.user", user: account.user },
      password: account.password,
      device_id: deviceId,
      initial_device_display_name: "Belfry",
    });
    const outcome = judge(answer, LOGIN);
    if (outcome.kind !== "sent") return outcome;
    session.token = memberOf(answer, "access_token") ?? "";
    session.userId = memberOf(answer, "user_id");
    return session;
  }

  /**
   * Asks the homeserver. Where there is none, once more the one that the address names, as
   * https://spec.matrix.org/latest/client-server-api/#server-discovery has it.
   * @param path below `/_matrix/client/v3`, its parts encoded
   */
  async ask(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<HttpAnswer> {
    const answer = await this.request(method, path, body);
    const isElsewhere = answer.kind === "answer" && answer.status === 404 && errcodeOf(answer) === "";
    if (!isElsewhere || this.hasLookedFurther) return answer;
    this.hasLookedFurther = true;
    const url = `${this.base}/.well-known/matrix/client`;
    const named = namedServer(await this.io.http.request({ url, method: "GET" }));
    if (!named || named === this.base || (this.base.startsWith("https:") && !named.startsWith("https:"))) return answer;
    this.base = named;
    return this.request(method, path, body);
  }

  private request(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<HttpAnswer> {
    return this.io.http.request({
      url: `${this.base}/_matrix/client/v3${path}`,
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** An alias without a server is one of the account's own server, whatever address that answers at. */
  async completeAlias(idOrAlias: string): Promise<string | SendResult> {
    if (!idOrAlias.startsWith("#") || idOrAlias.includes(":")) return idOrAlias;
    if (!this.userId) {
      const answer = await this.ask("GET", "/account/whoami");
      const outcome = judge(answer, WHOAMI);
      if (outcome.kind !== "sent") return outcome;
      this.userId = memberOf(answer, "user_id");
    }
    return `${idOrAlias}:${this.userId?.replace(/^[^:]*:?/, "")}`;
  }

  /** The id behind an alias; an id is its own. */
  async roomOf(idOrAlias: string): Promise<string | SendResult> {
    if (!idOrAlias.startsWith("#")) return idOrAlias;
    const answer = await this.ask("GET", `/directory/room/${encodeURIComponent(idOrAlias)}`);
    const outcome = judge(answer, ALIAS);
    return outcome.kind === "sent" ? (memberOf(answer, "room_id") ?? "") : outcome;
  }

  /** Posts one message; joins the room first when the account has only been invited. */
  async write(room: string, joinAs: string, txnId: string, content: object): Promise<SendResult> {
    const path = `/rooms/${encodeURIComponent(room)}/send/m.room.message/${encodeURIComponent(txnId)}`;
    let answer = await this.ask("PUT", path, content);
    if (errcodeOf(answer) === "M_FORBIDDEN" && /not in (the )?room|not joined|not a member/i.test(wordsOf(answer))) {
      const joined = judge(await this.ask("POST", `/join/${encodeURIComponent(joinAs)}`, {}), ALIAS);
      if (joined.kind !== "sent") return joined;
      answer = await this.ask("PUT", path, content);
    }
    const outcome = judge(answer, matrixAnswers);
    const receipt = outcome.kind === "sent" ? memberOf(answer, "event_id") : undefined;
    return receipt && outcome.kind === "sent" ? { ...outcome, receipt } : outcome;
  }

  /** Ends a session that a password opened. Its result does not affect the message. */
  async close(): Promise<void> {
    await this.ask("POST", "/logout", {});
  }
}

function judge(answer: HttpAnswer, rules: AnswerRules): SendResult {
  const outcome = classify(answer, rules);
  const errcode = errcodeOf(answer);
  if (!errcode || (outcome.kind !== "rejected" && outcome.kind !== "gone")) return outcome;
  return { ...outcome, reason: `${outcome.reason} (${errcode})` };
}

/** The answers to a request whose yes holds this member. */
function answersWith(member: string, expected: string): AnswerRules {
  return {
    service: "the homeserver",
    proof: { expected, holds: (answer) => memberOf(answer, member) !== undefined },
    // Every error of a homeserver has a code: https://spec.matrix.org/latest/client-server-api/#standard-error-response
    isOwn: (answer) => memberOf(answer, "errcode") !== undefined,
    // Matrix uses a status for every error; only a deactivated account is permanently gone.
    isGone: (answer) => memberOf(answer, "errcode") === "M_USER_DEACTIVATED",
    isLater: (answer) => memberOf(answer, "errcode") === "M_LIMIT_EXCEEDED",
    address: "It names no homeserver in /.well-known/matrix/client either.",
  };
}

export const matrixAnswers = answersWith("event_id", "with the id of the event");
const LOGIN = answersWith("access_token", "with an access token");
const ALIAS = answersWith("room_id", "with the id of the room");

const WHOAMI = answersWith("user_id", "with the id of the user");

/** The homeserver in an answer of `/.well-known/matrix/client`. */
function namedServer(answer: HttpAnswer): string | undefined {
  if (answer.kind !== "answer" || answer.status !== 200) return undefined;
  const homeserver = objectIn(answer.body)?.["m.homeserver"] as { base_url?: unknown } | null | undefined;
  const url = typeof homeserver?.base_url === "string" ? homeserver.base_url : "";
  return /^https?:\/\/[^/]/.test(url) && URL.canParse(url) ? trimEndSigns(url, "/") : undefined;
}

function errcodeOf(answer: HttpAnswer): string {
  return answer.kind === "answer" && answer.status >= 400 ? (memberOf(answer, "errcode") ?? "") : "";
}

function wordsOf(answer: HttpAnswer): string {
  return memberOf(answer, "error") ?? "";
}

function memberOf(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.kind === "answer" ? objectIn(answer.body)?.[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}
