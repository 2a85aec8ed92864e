import type { ChoosableClient } from "@/components/user/clients-field";
import { clientsList } from "@/lib/services/clients/list";
import { page } from "@/lib/web/page";

/** The clients to choose among; of more than two hundred the first, and the API takes any. */
export async function clientChoices(): Promise<ChoosableClient[]> {
  const { items } = await page(clientsList, { limit: 200 });
  return items.map(({ id, name }) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
}
