import { fixedCollection, shownFor } from '../fields/collections';
import { choice, dateTime } from '../fields/values';
import { InputError, shown } from '../checks/text';
import type { Field, Values } from '../operation';

const UNIT_MS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
/** n8n's own moment for waiting without a limit. */
const FOR_EVER = new Date('3000-01-01T00:00:00.000Z');

const DEFAULT_AMOUNT = 45;

const amount: Field<number> = {
	property: {
		displayName: 'Amount',
		type: 'number',
		default: DEFAULT_AMOUNT,
		typeOptions: { minValue: 0, numberPrecision: 2 },
		description: 'How many minutes, hours or days to wait, such as 1.5',
	},
	read: (value, label) => {
		const number = typeof value === 'string' ? Number(value.trim() || NaN) : value;
		if (typeof number === 'number' && number > 0 && Number.isFinite(number)) return number;
		throw new InputError(
			`"${label}" must be a number above 0`,
			`Nothing was sent. The value is: ${shown(value)}`,
		);
	},
};

/** The names and values are those of n8n's own "Send and Wait for Response". */
export const limitWaitTime = fixedCollection({
	displayName: 'Limit Wait Time',
	description:
		'How long to wait for the answer. n8n looks once a minute, so the end may come up to a minute late.',
	fields: {
		noAnswerNotice: {
			property: {
				displayName:
					'When nobody answers in time, the workflow goes on with the input item, and <code>data.outcome</code> is <code>noAnswer</code>. After an answer it is <code>approved</code>, <code>declined</code> or <code>answered</code>. Let a <b>Switch</b> node tell them apart: who has not answered has not declined.',
				type: 'notice',
				default: '',
				description: 'What comes out when nobody answers',
			},
			read: () => undefined,
		},
		limitType: choice({
			displayName: 'Limit Type',
			options: [
				{
					name: 'After Time Interval',
					value: 'afterTimeInterval',
					description: 'Wait for some time from the sending on',
				},
				{
					name: 'At Specified Time',
					value: 'atSpecifiedTime',
					description: 'Wait until a date and time',
				},
			] as const,
			default: 'afterTimeInterval',
			description: 'How the end of the wait is given',
		}),
		resumeAmount: shownFor({ limitType: ['afterTimeInterval'] }, amount),
		resumeUnit: shownFor(
			{ limitType: ['afterTimeInterval'] },
			choice({
				displayName: 'Unit',
				options: [
					{ name: 'Days', value: 'days' },
					{ name: 'Hours', value: 'hours' },
					{ name: 'Minutes', value: 'minutes' },
				] as const,
				default: 'minutes',
				description: 'The unit of the amount',
			}),
		),
		maxDateAndTime: shownFor(
			{ limitType: ['atSpecifiedTime'] },
			dateTime({
				displayName: 'Max Date and Time',
				description: 'When the wait ends',
			}),
		),
	},
});

type Limit = Values<{ limitWaitTime: typeof limitWaitTime }>['limitWaitTime'];

/** Before the question is sent. @throws InputError for a moment that has passed */
export function checkEndOfWait(limit: Limit): void {
	if (endOfWait(limit).getTime() > Date.now()) return;
	throw new InputError(
		'The wait for the answer would end before it begins',
		'Nothing was sent. Set Options > Limit Wait Time > Max Date and Time to a moment in the future.',
	);
}

/** When the wait ends. A moment that passes while the question is being sent ends it at once. */
export function endOfWait(limit: Limit): Date {
	if (!limit) return FOR_EVER;
	if (limit.limitType === 'atSpecifiedTime' && limit.maxDateAndTime) return limit.maxDateAndTime;
	const { resumeAmount = DEFAULT_AMOUNT, resumeUnit = 'minutes' } = limit;
	return new Date(Math.min(Date.now() + resumeAmount * UNIT_MS[resumeUnit], FOR_EVER.getTime()));
}
