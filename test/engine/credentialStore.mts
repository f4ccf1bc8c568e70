import {
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type ICredentialsExpressionResolveValues,
	ICredentialsHelper,
	type ICredentialType,
	type IDataObject,
	type IExecuteData,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeParameters,
	type INodeProperties,
	type IRequestOptionsSimplified,
	type IWorkflowExecuteAdditionalData,
	NodeHelpers,
	type Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

export interface Credential {
	type: ICredentialType | (new () => ICredentialType);
	data: ICredentialDataDecryptedObject;
	id?: string;
}

/** One stored credential, decrypted and applied to requests by the same steps as in the n8n server. */
export class CredentialStore extends ICredentialsHelper {
	/** n8n pays a database read and a decryption for each of these. */
	decrypts = 0;
	readonly type?: ICredentialType;
	readonly id: string;
	private data: ICredentialDataDecryptedObject;

	constructor(credential?: Credential) {
		super();
		this.type = typeof credential?.type === 'function' ? new credential.type() : credential?.type;
		this.data = credential?.data ?? {};
		this.id = credential?.id ?? 'credential-1';
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		incoming: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const request = incoming as IHttpRequestOptions;
		const { authenticate } = this.known(typeName);
		if (authenticate === undefined) return request;
		if (typeof authenticate === 'function') return await authenticate(credentials, request);
		if (!workflow || !node) throw new Error('A declared authentication needs workflow and node');

		const resolve = (value: unknown): unknown => {
			if (typeof value !== 'string' || !value.startsWith('=')) return value;
			const additional = { $credentials: credentials };
			const { expression } = workflow;
			const result = expression.getSimpleParameterValue(
				node,
				value,
				'internal',
				additional,
				undefined,
				'',
			);
			return result ? String(result as unknown) : '';
		};
		request.headers ??= {};
		const parts = request as unknown as Record<string, Record<string, unknown> | undefined>;
		for (const [part, pairs] of Object.entries(authenticate.properties)) {
			const target = (parts[part] ??= {});
			for (const [key, value] of Object.entries(pairs as IDataObject)) {
				target[String(resolve(key))] = resolve(value);
			}
		}
		return request;
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		_node: INode,
		credentialsExpired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const { properties, preAuthentication } = this.known(typeName);
		const expirable = properties.find(
			({ type, typeOptions }) => type === 'hidden' && typeOptions?.expirable === true,
		)?.name;
		if (expirable === undefined || !preAuthentication) return undefined;
		if (credentials[expirable] !== '' && !credentialsExpired) return undefined;
		const output = (await preAuthentication.call(
			helpers,
			credentials,
		)) as ICredentialDataDecryptedObject;
		if (output[expirable] === undefined) return undefined;
		this.data = { ...this.data, ...output };
		return Object.assign(credentials, output);
	}

	async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const output = await this.known(typeName).preAuthentication?.call(helpers, credentials);
		return output as ICredentialDataDecryptedObject | undefined;
	}

	getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		_nodeCredential: INodeCredentialsDetails,
		typeName: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		_raw?: boolean,
		item?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		this.decrypts += 1;
		const { properties } = this.known(typeName);
		const filled = NodeHelpers.getNodeParameters(
			properties,
			this.data as Parameters<typeof NodeHelpers.getNodeParameters>[1],
			true,
			false,
			null,
			null,
		);
		// What no property declares (a token fetched by preAuthentication) is kept, as n8n keeps it.
		const data = { ...this.data, ...(filled as ICredentialDataDecryptedObject) };
		if (!item) return Promise.resolve(data);
		const { workflow, runExecutionData, runIndex, itemIndex, node, connectionInputData } = item;
		return Promise.resolve(
			workflow.expression.getParameterValue(
				data as INodeParameters,
				runExecutionData,
				runIndex,
				itemIndex,
				node.name,
				connectionInputData,
				mode,
				{},
				executeData,
			) as ICredentialDataDecryptedObject,
		);
	}

	getCredentials(): Promise<ICredentials> {
		return Promise.reject(new Error('Encrypted credentials are not part of the test engine'));
	}

	updateCredentials(
		_nodeCredential: INodeCredentialsDetails,
		_typeName: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		this.data = data;
		return Promise.resolve();
	}

	updateCredentialsOauthTokenData(): Promise<void> {
		return Promise.reject(new Error('OAuth is not part of the test engine'));
	}

	getCredentialsProperties(typeName: string): INodeProperties[] {
		return this.known(typeName).properties;
	}

	private known(typeName: string): ICredentialType {
		if (this.type?.name !== typeName) throw new Error(`Unknown credential type "${typeName}"`);
		return this.type;
	}
}
