import { phpJson } from './envelope.mts';
import type { Template } from './records.mts';

type Sketch = Pick<Template, 'template_name' | 'language' | 'body_data'> &
	Partial<
		Pick<
			Template,
			'status' | 'category' | 'header_data_format' | 'header_data_text' | 'footer_data'
		>
	> & {
		buttons?: object[];
	};

/** One of each kind a client has to cope with. */
const sketches: Sketch[] = [
	{ template_name: 'hello_world', language: 'en_US', body_data: 'Welcome and congratulations!' },
	{
		template_name: 'order_update',
		language: 'en',
		header_data_format: 'TEXT',
		header_data_text: 'Order {{1}}',
		body_data: 'Hello {{1}}, order {{2}} is on its way.',
		footer_data: 'Example Widgets',
		buttons: [{ type: 'QUICK_REPLY', text: 'Thanks' }],
	},
	{
		template_name: 'order_update',
		language: 'es',
		header_data_format: 'TEXT',
		header_data_text: 'Pedido {{1}}',
		body_data: 'Hola {{1}}, tu pedido {{2}} está en camino.',
		footer_data: 'Example Widgets',
		buttons: [{ type: 'QUICK_REPLY', text: 'Gracias' }],
	},
	{
		template_name: 'spring_flyer',
		language: 'en_US',
		category: 'MARKETING',
		header_data_format: 'IMAGE',
		body_data: 'Have a look, {{1}}: {{2}} off until {{3}}.',
		footer_data: 'Reply STOP to opt out',
	},
	{
		template_name: 'reminder_twice',
		language: 'en',
		body_data: 'Dear {{1}}, this is a reminder. See you soon, {{1}}!',
	},
	{
		template_name: 'track_parcel',
		language: 'en',
		body_data: 'Hi {{1}}, follow your parcel here.',
		buttons: [
			{
				type: 'URL',
				text: 'Track',
				url: 'https://example.com/t/{{1}}',
				example: ['https://example.com/t/1'],
			},
		],
	},
	{
		template_name: 'login_code',
		language: 'en',
		category: 'AUTHENTICATION',
		body_data: '*{{1}}* is your verification code.',
		buttons: [
			{
				type: 'URL',
				text: 'Copy code',
				url: 'https://www.example.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}',
			},
		],
	},
	{
		template_name: 'invoice_document',
		language: 'en',
		header_data_format: 'DOCUMENT',
		body_data: 'Hello {{1}}, here is invoice {{2}}.',
	},
	{
		template_name: 'product_video',
		language: 'en',
		category: 'MARKETING',
		header_data_format: 'VIDEO',
		body_data: 'See how it works.',
	},
	{
		template_name: 'summer_sale',
		language: 'en',
		status: 'PENDING',
		category: 'MARKETING',
		body_data: 'Summer starts with {{1}} off.',
	},
	{
		template_name: 'old_notice',
		language: 'en',
		status: 'REJECTED',
		body_data: 'No variables here.',
	},
	{
		template_name: 'appointment_named',
		language: 'en',
		body_data: 'Hello {{first_name}}, see you on {{day}} at {{time}}.',
	},
	{
		template_name: 'store_location',
		language: 'en',
		header_data_format: 'LOCATION',
		body_data: 'Here is how to find us, {{1}}.',
	},
	{
		template_name: 'long_summary',
		language: 'en',
		body_data: Array.from({ length: 12 }, (_, index) => `{{${index + 1}}}`).join(', '),
	},
];

const firstMetaId = 700000000000001n;
/** Beyond what a JavaScript number holds exactly. */
const longMetaId = 90071992547409931n;

const countMarkers = (text: string | null) => text?.match(/\{\{[^}]*\}\}/g)?.length ?? 0;

export function seedTemplates(): Omit<
	Template,
	'id' | 'tenant_id' | 'created_at' | 'updated_at'
>[] {
	return sketches.map((sketch, index) => {
		const { header_data_text = null, footer_data = null, buttons, ...rest } = sketch;
		return {
			template_id: index === 0 ? longMetaId : firstMetaId + BigInt(index),
			status: 'APPROVED',
			category: 'UTILITY',
			header_data_format: null,
			...rest,
			header_data_text,
			header_params_count: countMarkers(header_data_text),
			body_params_count: countMarkers(sketch.body_data),
			footer_data,
			footer_params_count: countMarkers(footer_data),
			buttons_data: buttons ? phpJson(buttons) : null,
			header_file_url: null,
			header_variable_value: null,
			body_variable_value: null,
		};
	});
}
