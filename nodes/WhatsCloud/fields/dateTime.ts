import { DateTime } from 'luxon';

import { InputError } from '../InputError';
import type { Field } from '../operation';
import { shown } from '../text';
import type { Shown } from './values';

/** A moment, from a date field, an expression's date (luxon or JavaScript) or ISO text. */
export function dateTime(property: Shown): Field<Date> {
	return {
		property: { ...property, type: 'dateTime', default: '' },
		read: (value, label, { timezone }) => {
			const moment =
				value instanceof Date
					? DateTime.fromJSDate(value)
					: DateTime.isDateTime(value)
						? value
						: DateTime.fromISO(String(value).trim().replace(' ', 'T'), { zone: timezone });
			if (!moment.isValid) {
				throw new InputError(
					`"${label}" is not a date`,
					`Choose a date, or give one such as 2026-01-31T09:00:00. The value is: ${shown(value)}`,
				);
			}
			return moment.toJSDate();
		},
	};
}
