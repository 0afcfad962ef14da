import { expect, type Locator, type Page } from '@playwright/test';

/** The editor as a person drives it: by names and roles, never by markup. */
export class EditorPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  card(name: string): Locator {
    return this.page.getByRole('group', { name: new RegExp(`^${escaped(name)}, `) });
  }

  stage(name: string): Locator {
    return this.page.getByRole('group', { name, exact: true });
  }

  get panel(): Locator {
    return this.page.getByRole('complementary', { name: /^Step / });
  }

  async isSaved(): Promise<void> {
    await expect(this.page.getByText('Saved', { exact: true })).toBeVisible({ timeout: 30_000 });
  }

  async addStage(): Promise<void> {
    await this.page.getByRole('button', { name: 'Add stage' }).click();
    await this.page.keyboard.press('Escape');
  }

  async renameStage(from: string, to: string): Promise<void> {
    await this.page.getByRole('button', { name: `Menu of stage ${from}` }).or(this.stage(from).getByRole('button').first()).first().click();
    await this.page.getByRole('menuitem', { name: 'Rename' }).click();
    await this.page.getByRole('textbox', { name: 'Stage name' }).fill(to);
    await this.page.keyboard.press('Enter');
    await expect(this.stage(to)).toBeVisible();
  }

  /** Adds a step at the end of a stage, names it and leaves its panel open. */
  async addStep(stage: string, type: string, name: string): Promise<void> {
    await this.stage(stage).getByRole('button', { name: /^Add step/ }).click();
    const find = this.page.getByRole('combobox', { name: 'Find a step' });
    await find.fill(type);
    await find.press('Enter');
    await this.page.getByRole('button', { name: 'Close the palette' }).click();
    const title = this.panel.getByRole('textbox', { name: 'Name of the step' });
    await title.fill(name);
    await title.press('Enter');
    await expect(this.card(name)).toBeVisible();
  }

  async open(name: string): Promise<void> {
    await this.card(name).click();
    await expect(this.panel).toHaveAccessibleName(`Step ${name}`);
  }

  async source(name: string): Promise<void> {
    await this.panel.getByLabel('Source step').selectOption({ label: name });
  }

  /** Types a path or a text into the field with this label. */
  async fill(label: string, text: string): Promise<void> {
    const input = this.panel.getByLabel(label, { exact: false }).first();
    await input.fill(text);
    await input.press('Enter');
    await input.blur();
  }

  /** Rows of a mapping: target and the text of its value, which stands in the form the row starts with. */
  async mapping(addLabel: string, rows: readonly { target: string; form: 'Column' | 'Field' | 'Constant' | 'Expression'; value: string }[]): Promise<void> {
    for (const [place, row] of rows.entries()) {
      await this.panel.getByRole('button', { name: addLabel }).click();
      const group = this.panel.getByRole('group', { name: `Row ${place + 1}` });
      await group.getByRole('textbox', { name: 'Target' }).fill(row.target);
      await group.getByRole('textbox', { name: 'Target' }).blur();
      await group.getByLabel('Kind of value').selectOption(row.form);
      const value = group.getByLabel(`Value of ${row.target}`);
      await value.fill(row.value);
      await value.press('Enter');
      await value.blur();
    }
  }

  /** One click on the chip of somebody's run. */
  async attach(person: string): Promise<void> {
    await this.page.getByRole('group', { name: 'Runs of this flow' }).getByRole('button', { name: new RegExp(person) }).first().click();
  }

  /** Names of all cards, for comparing two screens. */
  async cards(): Promise<string[]> {
    const names = await this.page.locator('[data-step]').evaluateAll((cards) => cards.map((card) => card.getAttribute('aria-label') ?? ''));
    return names.toSorted();
  }
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
