import { z } from "zod";
import { channelsByIdForJobs } from "@/db/queries/jobs";
import { followersOf, type ProfileWithRules } from "@/db/queries/profiles";
import { toIso } from "@/lib/core/clock";
import { notificationView, ruleViews } from "@/lib/services/jobs/view";

/** A profile as it is answered: its rules are as a job's. */
export const profileViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** New jobs follow it. */
  isDefault: z.boolean(),
  notifications: z.array(notificationView),
  /** How many jobs follow it. */
  jobCount: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ProfileView = z.infer<typeof profileViewSchema>;

export async function profileViews(profiles: readonly ProfileWithRules[]): Promise<ProfileView[]> {
  const [followers, channels] = await Promise.all([
    followersOf(profiles.map(({ profile }) => profile.id)),
    channelsByIdForJobs([...new Set(profiles.flatMap(({ rules }) => rules.map(({ channelId }) => channelId)))]),
  ]);
  return profiles.map(({ profile, rules }) => ({
    id: profile.id,
    name: profile.name,
    isDefault: profile.isDefault,
    notifications: ruleViews(rules, channels),
    jobCount: followers.get(profile.id) ?? 0,
    createdAt: toIso(profile.createdAt),
    updatedAt: toIso(profile.updatedAt),
  }));
}

/** One profile. */
export async function profileView(profile: ProfileWithRules): Promise<ProfileView> {
  const [view] = await profileViews([profile]);
  return view as ProfileView;
}
