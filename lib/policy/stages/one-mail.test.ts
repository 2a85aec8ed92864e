import { expect, test } from "vitest";
import type { RoutedChannel, Target } from "@/lib/core/routing";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import type { PlannedDelivery } from "../plan";
import { startPlan } from "../start-plan";
import { merge } from "./merge";
import { withoutSecondMail } from "./one-mail";
import { channelWith, deliveryWith, situationWith } from "./stages.test-support";

const mailer = (more: Partial<RoutedChannel> = {}) => channelWith({ id: "chn_mail", canMailPeople: true, ...more });
const fixed = (addresses: string[], more: Partial<RoutedChannel> = {}) =>
  mailer({ mailAddresses: new Map([["", addresses]]), ...more });

function to(
  recipient: string,
  channel: RoutedChannel,
  more: Partial<PlannedDelivery> & { for?: Partial<Target> } = {},
) {
  const { for: target, ...rest } = more;
  return deliveryWith({ id: `${channel.id} ${recipient}`, channel, ...rest, target: { recipient, ...target } });
}
const systemMail = (more: Partial<RoutedChannel> = {}) =>
  channelWith({ id: SYSTEM_MAIL_ID, canMailPeople: true, toAdmins: true, fixed: [], ...more });
const copy = (recipient: string, more: Partial<RoutedChannel> = {}) =>
  to(recipient, systemMail(more), { for: { route: "system_mail", ruleId: null } });

const ANA = copy("ana@example.org");
const planOf = (deliveries: PlannedDelivery[]) => ({ ...startPlan(situationWith()), deliveries });

test.each<[string, PlannedDelivery[], "one" | "none"]>([
  ["no other way", [], "one"],
  ["another service, whatever it calls its targets", [to("ana@example.org", channelWith())], "one"],
  ["an Email channel to other addresses", [to("", fixed(["ops@example.org"]))], "one"],
  ["an Email channel with her address among others", [to("", fixed(["ops@example.org", "ana@example.org"]))], "none"],
  ["an Email channel to all administrators", [to("ana@example.org", mailer())], "none"],
  ["the same in other letters", [to("Ana@Example.ORG", mailer())], "none"],
  ["her own copy as the user", [to("ana@example.org", mailer(), { for: { isForUser: true, route: "user" } })], "none"],
  ["the copy of another administrator", [to("ben@example.org", mailer())], "one"],
  [
    "one target of several that mail",
    [
      to(
        "b",
        mailer({
          mailAddresses: new Map([
            ["a", ["x@example.org"]],
            ["b", ["ana@example.org"]],
          ]),
        }),
      ),
    ],
    "none",
  ],
  [
    "another target of them",
    [
      to(
        "a",
        mailer({
          mailAddresses: new Map([
            ["a", ["x@example.org"]],
            ["b", ["ana@example.org"]],
          ]),
        }),
      ),
    ],
    "one",
  ],
  [
    "an Email channel that does not take it",
    [to("", fixed(["ana@example.org"]), { suppressed: { code: "below_min_severity" } })],
    "one",
  ],
  ["a muted Email channel, which sends it later", [to("", fixed(["ana@example.org"], { mutedUntil: 2_000 }))], "none"],
  ["a failing Email channel", [to("", fixed(["ana@example.org"], { isFailing: true }))], "one"],
])("%s: %s", (_, others, mails) => {
  const sorted = [...others, ANA];
  for (const deliveries of [sorted, [...sorted].reverse()]) {
    const merged = merge(situationWith(), planOf(deliveries)).deliveries;
    expect(merged.filter(({ channel }) => channel.id === SYSTEM_MAIL_ID)).toHaveLength(mails === "one" ? 1 : 0);
    expect(merged.filter(({ channel }) => channel.id !== SYSTEM_MAIL_ID)).toHaveLength(others.length);
  }
});

test("each administrator counts by themselves", () => {
  const plan = planOf([to("", fixed(["ana@example.org"])), ANA, copy("ben@example.org")]);
  expect(merge(situationWith(), plan).deliveries.map(({ target }) => target.recipient)).toEqual([
    "",
    "ben@example.org",
  ]);
});

test("where both fail, nothing comes twice in the end", () => {
  const both = [to("", fixed(["ana@example.org"], { isFailing: true })), copy("ana@example.org", { isFailing: true })];
  expect(merge(situationWith(), planOf(both)).deliveries).toHaveLength(1);
});

test("a copy that is suppressed stays in the plan with its reason", () => {
  const plan = planOf([to("", fixed(["ana@example.org"])), { ...ANA, suppressed: { code: "user_only" } }]);
  expect(merge(situationWith(), plan).deliveries).toHaveLength(2);
});

test("a mail that carries another one stays", () => {
  const plan = planOf([to("", fixed(["ana@example.org"])), ANA]);
  const folds = [{ deliveryId: "dlv_0", into: ANA.id, code: "recovered_before_sent" as const }];
  expect(withoutSecondMail(situationWith(), { ...plan, folds }).deliveries).toHaveLength(2);
});
