import { expect, type Locator, type Page } from "@playwright/test";
import { type FormField, readSchemaFields } from "@/components/form/schema-fields";

export type FormValues = Record<string, string | number | boolean | string[]>;

/** The form of a channel as a person fills it in: by the labels that its schema names. */
export interface ChannelForm {
  name: Locator;
  /** @throws when the schema has no such field */
  control(field: string): Locator;
  /** What stands in place of a secret that is stored. */
  stored(field: string): Promise<Locator>;
  fill(values: FormValues): Promise<void>;
}

/** @param schema as the list of providers gives it */
export function channelForm(page: Page, schema: Record<string, unknown>): ChannelForm {
  const fields = readSchemaFields(schema);
  const fieldOf = (name: string): FormField => {
    const field = fields.find((each) => each.name === name);
    if (!field) throw new Error(`The form has no field ${name}; it has ${fields.map((each) => each.name).join(", ")}.`);
    return field;
  };
  // The label must lead to the control; the name distinguishes it from another of the same label.
  const control = (name: string) => page.getByLabel(fieldOf(name).label).and(page.locator(`[name="config.${name}"]`));
  return {
    name: page.locator('main input[name="name"]'),
    control,
    async stored(name) {
      const found = page.getByRole("group", { name: fieldOf(name).label, exact: true, includeHidden: true });
      await unfold(found);
      return found;
    },
    async fill(values) {
      for (const [name, value] of Object.entries(values)) {
        const found = control(name);
        await unfold(found);
        await enter(found, fieldOf(name), value);
      }
    },
  };
}

/** Opens what the control is folded away in. */
async function unfold(control: Locator): Promise<void> {
  await control.waitFor({ state: "attached" });
  const folded = control.locator("xpath=ancestor::details[not(@open)]");
  while ((await folded.count()) > 0) await folded.first().locator("> summary").click();
}

async function enter(control: Locator, field: FormField, value: FormValues[string]): Promise<void> {
  if (field.kind === "switch") await control.setChecked(value === true);
  else if (field.kind === "select") await control.selectOption(String(value));
  else if (Array.isArray(value)) {
    for (const item of value) {
      await control.fill(item);
      await control.press("Enter");
    }
  } else {
    await control.fill(String(value));
    await expect(control).toHaveValue(String(value));
  }
}
