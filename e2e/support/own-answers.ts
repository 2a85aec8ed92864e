/** How a service answers in its own words, by its documentation: bodies for the tests that ask every provider. */
export interface OwnAnswers {
  /** A yes that every request of a send is content with. */
  taken: string;
  /** True when an empty 204 is a yes as well. */
  takesEmpty?: true;
  /** A no of a status of 4xx with `words of the service` in it. */
  refused: string;
  /** The no for a target that does not exist any more, with its status. */
  gone?: { status: number; body: string };
}

const WORDS = "words of the service";

/** Enough for services that are asked for no more than a status, and for some others at once. */
const ANY: OwnAnswers = {
  taken: JSON.stringify({
    ok: true,
    status: 1,
    id: "taken-1",
    message_id: 1,
    ts: "1700000000.000100",
    channel: "C01",
    event_id: "$taken",
    room_id: "!room:example.org",
    access_token: "conformance-token",
    user_id: "@belfry:example.org",
    success: true,
    result: { message_id: 1, response: "success" },
    data: { userId: "u1", authToken: "conformance-token" },
  }),
  takesEmpty: true,
  refused: JSON.stringify({ message: WORDS }),
};

const BY_PROVIDER: Record<string, OwnAnswers> = {
  discord: {
    taken: ANY.taken,
    takesEmpty: true,
    refused: JSON.stringify({ message: WORDS, code: 50035, retry_after: 3 }),
    gone: { status: 404, body: JSON.stringify({ message: "Unknown Webhook", code: 10015 }) },
  },
  slack: { ...ANY, taken: "ok" },
};

/** The answers of the service that this provider is for. */
export function ownAnswersOf(providerId: string): OwnAnswers {
  return BY_PROVIDER[providerId] ?? ANY;
}
