/** What a field of the API is called in the editor, so that an error names what the user sees. */
const LABELS: Record<string, string> = {
	firstname: 'First Name',
	lastname: 'Last Name',
	first_name: 'First Name',
	last_name: 'Last Name',
	phone: 'Phone',
	phone_number: 'Phone Number',
	status_id: 'Status',
	source_id: 'Source',
	group_id: 'Groups',
	groups: 'Groups',
	zip: 'ZIP Code',
	country_id: 'Country',
	assigned_id: 'Assigned User ID',
	is_enabled: 'Enabled',
	isdefault: 'Default Status',
	message_body: 'Text',
	media_type: 'Media Type',
	media_url: 'Media URL',
	media_file: 'File',
	header_media: 'File in the header',
	filename: 'File Name',
	template_name: 'Template',
	template_language: 'Template Language',
	from_phone_number_id: 'Sender Phone Number ID',
};

/** `contact.first_name` -> `Contact If New > First Name`, `company` -> `Company`. */
export function fieldLabel(apiField: string): string {
	const [parent, child] = apiField.split('.');
	if (parent === 'contact' && child) return `Contact If New > ${fieldLabel(child)}`;
	return LABELS[apiField] ?? capitalise(apiField.replaceAll('_', ' '));
}

function capitalise(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
