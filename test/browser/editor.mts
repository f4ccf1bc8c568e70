import type { Locator, Page } from 'playwright-core';
import type { CredentialTestResult } from '../../sandbox/n8n/n8nClient.mts';
import type { SharedStage } from '../e2e/stage.mts';

type EditedStage = Pick<SharedStage, 'n8nUrl' | 'owner'>;

/** n8n's editor as a person uses it: by what is written on the screen. */
export class Editor {
	readonly page: Page;
	private readonly stage: EditedStage;

	constructor(page: Page, stage: EditedStage) {
		this.page = page;
		this.stage = stage;
	}

	async logIn(): Promise<void> {
		await this.page.goto(`${this.stage.n8nUrl}/signin`);
		await this.page.fill('input[name=emailOrLdapLoginId]', this.stage.owner.email);
		await this.page.fill('input[name=password]', this.stage.owner.password);
		await this.page.click('[data-test-id=form-submit-button], button[type=submit]');
		await this.page.waitForURL((url) => !url.pathname.startsWith('/signin'));
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.stage.n8nUrl}/workflow/${id}`);
		await this.marked('canvas-node').first().waitFor();
	}

	async openEmptyWorkflow(): Promise<void> {
		await this.page.goto(`${this.stage.n8nUrl}/workflow/new`);
		await this.page
			.locator('[data-test-id="canvas-add-button"], [data-test-id="canvas-plus-button"]')
			.first()
			.click();
		await this.marked('node-creator-search-bar').waitFor();
	}

	/** The workflow's executions, the newest of them opened. */
	async openExecutions(workflowId: string): Promise<void> {
		await this.page.goto(`${this.stage.n8nUrl}/workflow/${workflowId}/executions`);
		await this.page.getByText('Succeeded in').first().waitFor();
		const advice = this.marked('suggested-actions-close');
		if (await advice.isVisible()) await advice.click();
	}

	/** A workflow with the button "Execute workflow" and nothing behind it. */
	async openNewWorkflow(): Promise<void> {
		await this.openEmptyWorkflow();
		await this.listed('Trigger manually').click();
		await this.marked('canvas-node').first().waitFor();
	}

	/** Types into the search for nodes and gives the names found, the best match first. */
	async searchNodes(text: string): Promise<string[]> {
		const search = this.marked('node-creator-search-bar');
		if (!(await search.isVisible())) await this.page.keyboard.press('n');
		await search.fill(text);
		await this.listed('WhatsCloud').waitFor();
		return await this.listedTexts();
	}

	/** The actions, and the triggers, that the found node offers. */
	async openActions(node: string): Promise<string[]> {
		await this.listed(node).click();
		await this.marked('node-creator-search-bar').waitFor({ state: 'detached' });
		return await this.listedTexts();
	}

	/** Scrolls the list of actions until this one is seen. */
	async showAction(action: string): Promise<void> {
		await this.listed(action).scrollIntoViewIfNeeded();
	}

	async addNode(action: string): Promise<void> {
		await this.searchNodes('whatscloud');
		await this.openActions('WhatsCloud');
		await this.chooseAction(action);
	}

	async chooseAction(action: string): Promise<void> {
		await this.listed(action).click();
		await this.marked('ndv-close-button').waitFor();
	}

	async openNode(name: string): Promise<void> {
		await this.canvasNode(name).dblclick();
		await this.marked('ndv-close-button').waitFor();
	}

	async closeNode(): Promise<void> {
		await this.marked('ndv-close-button').click();
		await this.marked('ndv-close-button').waitFor({ state: 'hidden' });
	}

	iconOf(node: string): Locator {
		return this.canvasNode(node).locator('img');
	}

	async chooseCredential(name: string): Promise<void> {
		await this.marked('node-credentials-select').click();
		await this.page
			.locator('[data-test-id^=node-credentials-select-item]:visible')
			.filter({ has: this.page.getByText(name, { exact: true }) })
			.click();
	}

	async startCredential(): Promise<void> {
		await this.marked('node-credentials-select').click();
		await this.marked('node-credentials-select-item-new').click();
		await this.marked('credential-save-button').waitFor();
	}

	/** As above, where the account has no credential yet. */
	async startFirstCredential(): Promise<void> {
		await this.page.getByRole('button', { name: 'Connect to WhatsCloud' }).click();
		await this.marked('credential-save-button').waitFor();
	}

	/** Saves the open credential, which n8n then tests; gives what it says when the test fails. */
	async saveCredential(fields: Record<string, string>): Promise<string | undefined> {
		for (const [name, value] of Object.entries(fields)) await this.fill(name, value);
		const tested = this.page.waitForResponse((answer) =>
			answer.url().endsWith('/credentials/test'),
		);
		await this.marked('credential-save-button').click();
		const { data } = (await (await tested).json()) as { data: CredentialTestResult };
		if (data.status === 'OK') {
			await this.marked('credential-save-button').waitFor({ state: 'hidden' });
			return undefined;
		}
		const settings = this.marked('node-credentials-config-container');
		const details = settings.getByText('More details');
		await settings.getByText('Couldn’t connect').waitFor();
		if (await details.isVisible()) await details.click();
		return await settings.innerText();
	}

	async fill(parameter: string, text: string): Promise<void> {
		await this.parameter(parameter).locator('input, textarea').fill(text);
	}

	/** Waits for the field, and scrolls until it is seen. */
	async showField(parameter: string): Promise<void> {
		await this.parameter(parameter).scrollIntoViewIfNeeded();
	}

	/** Opens a menu and gives its entries as they are written there. */
	async openMenu(parameter: string): Promise<string[]> {
		await this.parameter(parameter).click();
		const entries = this.page.locator('[data-test-id=parameter-input-item]:visible');
		await entries.first().waitFor();
		return (await entries.allInnerTexts()).map((text) => text.split('\n')[0] ?? '');
	}

	async chooseFromMenu(entry: string): Promise<void> {
		await this.page
			.locator('[data-test-id=parameter-input-item]:visible')
			.filter({ has: this.page.getByText(entry, { exact: true }) })
			.click();
	}

	/** Chooses how a record is given: from the list, by its ID or by its name. */
	async chooseMode(parameter: string, mode: string): Promise<void> {
		const locator = this.marked(`resource-locator-${parameter}`);
		await locator.locator('[data-test-id=rlc-mode-selector]').click();
		await this.page.getByRole('option', { name: mode }).click();
	}

	/** Opens a list of records and gives those on its first page. */
	async openPicker(parameter: string): Promise<string[]> {
		await this.picker(parameter).click();
		await this.marked('rlc-item').first().waitFor();
		return await this.marked('rlc-item').allInnerTexts();
	}

	/** Types into the open list's search, and waits until nothing else is left in it. */
	async searchPicker(text: string): Promise<string[]> {
		await this.marked('rlc-search').fill(text);
		await this.marked('rlc-item')
			.filter({ hasNotText: text })
			.first()
			.waitFor({ state: 'detached' });
		await this.marked('rlc-item').first().waitFor();
		return await this.marked('rlc-item').allInnerTexts();
	}

	/** Types into the open list's search, and waits for an entry with these words. */
	async searchPickerFor(text: string, words: string): Promise<void> {
		await this.marked('rlc-search').fill(text);
		await this.marked('rlc-item').filter({ hasText: words }).first().waitFor();
	}

	/** Scrolls the open list to its end, and waits for an entry with these words. */
	async scrollPickerFor(words: string): Promise<void> {
		await this.marked('rlc-item').last().scrollIntoViewIfNeeded();
		await this.marked('rlc-item').filter({ hasText: words }).first().waitFor();
	}

	async choosePicked(name: string): Promise<void> {
		await this.marked('rlc-item').filter({ hasText: name }).first().click();
	}

	/** What the field of a list shows as chosen. */
	async pickedIn(parameter: string): Promise<string> {
		return await this.picker(parameter).inputValue();
	}

	/** The labels of the fields that a resource mapper shows, in full. */
	async mapperLabels(): Promise<string[]> {
		const fields = this.marked('mapping-fields-container');
		await fields.locator('[data-test-id^=parameter-input-]').first().waitFor();
		const labels = await fields.locator('[data-test-id=input-label]').allInnerTexts();
		return labels.slice(1).map((text) => text.split('\n')[0] ?? '');
	}

	/** Presses "Execute step" and gives the output as n8n's table shows it: columns and rows. */
	async execute(): Promise<string[][]> {
		await this.marked('node-execute-button').click();
		await this.marked('node-run-status-success').waitFor();
		return await this.output();
	}

	/** Unfolds the addresses of the webhook trigger that is open. */
	async showProductionUrl(): Promise<void> {
		const panel = this.marked('ndv');
		await panel.getByText('Webhook URLs', { exact: true }).click();
		await panel.getByText('Production URL', { exact: true }).click();
	}

	/** Presses the canvas's "Execute workflow" and gives the execution's id. */
	async startWorkflow(): Promise<string> {
		const started = this.page.waitForResponse((answer) => answer.url().endsWith('/run'));
		await this.marked('execute-workflow-button').click();
		const { data } = (await (await started).json()) as { data: { executionId: string } };
		return data.executionId;
	}

	/** Executes the whole workflow and waits until it has succeeded. */
	async executeWorkflow(): Promise<void> {
		await this.startWorkflow();
		await this.page.getByText('Workflow executed successfully').first().waitFor();
	}

	async publish(): Promise<void> {
		await this.marked('workflow-open-publish-modal-button').click();
		await this.marked('workflow-publish-button').click();
		await this.marked('workflow-publish-button').waitFor({ state: 'hidden' });
	}

	async fetchTestEvent(): Promise<string[][]> {
		await this.page.getByRole('button', { name: 'Fetch Test Event' }).first().click();
		await this.marked('node-run-status-success').waitFor();
		return await this.output();
	}

	/** Presses "Execute step" and gives the error as the output panel shows it. */
	async executeAndFail(): Promise<{ title: string; text: string }> {
		await this.marked('node-execute-button').click();
		await this.marked('node-error-message').waitFor();
		return {
			title: await this.marked('node-error-message').innerText(),
			text: await this.marked('output-panel').innerText(),
		};
	}

	/** Follows n8n's own setting; the editor is loaded anew. */
	async chooseTheme(theme: 'Light theme' | 'Dark theme'): Promise<void> {
		await this.page.goto(`${this.stage.n8nUrl}/settings/personal`);
		await this.marked('theme-select').click();
		await this.page.getByRole('option', { name: theme }).click();
		await this.marked('save-settings-button').click();
		await this.page
			.locator(`body[data-theme=${theme === 'Dark theme' ? 'dark' : 'light'}]`)
			.waitFor();
	}

	private marked(testId: string): Locator {
		return this.page.locator(`[data-test-id="${testId}"]`);
	}

	private parameter(name: string): Locator {
		return this.marked(`parameter-input-${name}`);
	}

	private picker(parameter: string): Locator {
		return this.marked(`resource-locator-${parameter}`).locator('[data-test-id=rlc-input]');
	}

	private listed(text: string): Locator {
		return this.marked('item-iterator-item').filter({ hasText: text }).first();
	}

	private async listedTexts(): Promise<string[]> {
		const texts = await this.marked('item-iterator-item').allInnerTexts();
		return texts.map((text) => text.split('\n')[0] ?? '');
	}

	private canvasNode(name: string): Locator {
		return this.page.locator(`[data-test-id=canvas-node][data-node-name="${name}"]`);
	}

	async output(): Promise<string[][]> {
		const rows = this.marked('output-panel').locator('[data-test-id=ndv-data-container] tr');
		await rows.nth(1).waitFor();
		return await rows.evaluateAll((found) =>
			found.map((row) =>
				[...row.querySelectorAll('th, td')].map(({ textContent }) => textContent?.trim() ?? ''),
			),
		);
	}
}
