import type { INodeProperties } from 'n8n-workflow';

import { fieldLabel } from '../../../nodes/WhatsCloud/api/errors/words';
import { resources } from '../../../nodes/WhatsCloud/WhatsCloud.node';

const properties = resources
	.flatMap(({ operations }) => operations)
	.flatMap(({ fields }) => Object.values(fields))
	.flatMap(({ property }) => [property, ...((property.options ?? []) as INodeProperties[])]);
/** As the editor shows them. */
const labels = new Set(properties.map(({ displayName }) => displayName));

/** The fields of the API that its refusals name. */
const FIELDS = [
	...['firstname', 'lastname', 'phone', 'email', 'company', 'type', 'description', 'zip', 'city'],
	...['state', 'address', 'website', 'country_id', 'status_id', 'source_id', 'assigned_id'],
	...['is_enabled', 'group_id', 'custom_fields_data', 'name', 'color', 'isdefault'],
	...[
		'phone_number',
		'message_body',
		'media_type',
		'media_url',
		'media_file',
		'caption',
		'filename',
	],
	...['template_name', 'template_language', 'from_phone_number_id', 'contact'],
];

test.each(FIELDS)('an error calls %s as the editor does', (field) => {
	expect(labels).toContain(field === 'contact' ? 'Contact If New' : fieldLabel(field));
});

test.each(['first_name', 'firstname', 'last_name', 'email', 'country', 'groups'])(
	'an error calls contact.%s as the editor does',
	(field) => {
		const [collection, label] = fieldLabel(`contact.${field}`).split(' > ');
		const inside = properties.find(({ displayName }) => displayName === collection)?.options ?? [];
		expect((inside as INodeProperties[]).map(({ displayName }) => displayName)).toContain(label);
	},
);
