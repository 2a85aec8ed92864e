import { eq } from "drizzle-orm";
import { database, type Tables } from "../client";

/** What the link of one delivery may acknowledge, and who got it. */
export interface LinkedAlert {
  alert: Tables["alerts"]["$inferSelect"];
  delivery: { title: string; channelName: string; recipient: string };
  /** The name of the account behind the recipient; null where there is none. */
  userName: string | null;
}

/** The alert that a delivery is about; null when either is unknown. */
export async function findLinkedAlert(deliveryId: string): Promise<LinkedAlert | null> {
  const { orm, t } = database();
  const { alerts: a, deliveries: d, users: u } = t;
  const [row] = await orm
    .select({
      alert: a,
      delivery: { title: d.title, channelName: d.channelName, recipient: d.recipient },
      userName: u.name,
    })
    .from(d)
    .innerJoin(a, eq(a.id, d.alertId))
    .leftJoin(u, eq(u.id, d.userId))
    .where(eq(d.id, deliveryId))
    .limit(1);
  return row ?? null;
}
