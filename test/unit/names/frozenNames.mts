import type {
	INodeProperties,
	INodePropertyCollection,
	INodeType,
	INodeTypeDescription,
	IWebhookDescription,
} from 'n8n-workflow';

type Shown = NonNullable<INodeProperties['displayOptions']>['show'];

/** Everything about a parameter that saved workflows and agents depend on. */
export interface FrozenParameter {
	name: string;
	type: string;
	default: unknown;
	shownFor?: Shown;
	/** Possible values. */
	values?: unknown[];
	/** Modes of a resource locator. */
	modes?: string[];
	/** Parameters of a collection. */
	fields?: FrozenParameter[];
}

export interface FrozenNode {
	node: string;
	version: INodeTypeDescription['version'];
	credentials: string[];
	/** Their addresses stand in other systems. */
	webhooks?: Array<Pick<IWebhookDescription, 'name' | 'httpMethod' | 'path'>>;
	parameters: FrozenParameter[];
}

export function frozenNode({ description }: INodeType): FrozenNode {
	const { name, version, credentials = [], webhooks, properties } = description;
	return {
		node: name,
		version,
		credentials: credentials.map((credential) => credential.name),
		...(webhooks && {
			webhooks: webhooks.map(({ name: webhook, httpMethod, path }) => ({
				name: webhook,
				httpMethod,
				path,
			})),
		}),
		// What n8n shows without keeping a value has no name that matters.
		parameters: frozen(properties.filter(({ type }) => type !== 'notice')),
	};
}

export function frozen(properties: INodeProperties[]): FrozenParameter[] {
	return properties.toSorted(byNameAndPlace).map((property) => ({
		name: property.name,
		type: property.type,
		default: property.default,
		...(property.displayOptions && { shownFor: property.displayOptions.show }),
		...(property.modes && { modes: property.modes.map(({ name }) => name) }),
		...contents(property),
	}));
}

/** Where a parameter stands on the screen is no promise. */
function byNameAndPlace(a: INodeProperties, b: INodeProperties): number {
	const key = ({ name, displayOptions }: INodeProperties) =>
		`${name} ${JSON.stringify(displayOptions?.show ?? {})}`;
	return key(a) < key(b) ? -1 : 1;
}

function contents({ type, options = [] }: INodeProperties) {
	if (type === 'fixedCollection') {
		const [set] = options as INodePropertyCollection[];
		return { fields: frozen(set?.values ?? []) };
	}
	if (type === 'collection') return { fields: frozen(options as INodeProperties[]) };
	if (options.length === 0) return {};
	return { values: options.map((option) => ('value' in option ? option.value : option.name)) };
}
