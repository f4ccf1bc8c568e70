import type {
	IBinaryData,
	IDataObject,
	INodeParameters,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyOptions,
	ResourceMapperFields,
} from 'n8n-workflow';

import type { Api } from './api/api';

/** A parameter of an operation: how the editor shows it and what `run` gets of it. */
export interface Field<T> {
	property: Omit<INodeProperties, 'name'>;
	/** What `run` uses of what was given. @throws InputError when it can't be right, before anything is sent */
	read(value: unknown, label: string, item: ItemContext): T;
	/** Look-ups that the editor asks for while the field is filled in, by method name. */
	methods?: {
		listSearch?: Record<string, LookUp<INodeListSearchResult>>;
		loadOptions?: Record<string, LookUp<INodePropertyOptions[]>>;
		resourceMapping?: Record<string, LookUp<ResourceMapperFields>>;
	};
}

/** What a field may need to know beside its own value. */
export interface ItemContext {
	/** The workflow's, in which a date without a zone is meant. */
	timezone: string;
	/** The input item, for fields that take their values from it by name. */
	json: IDataObject;
	/** The node's, before expressions are evaluated. */
	parameters: INodeParameters;
	/** The value of a parameter as it is typed, with its expressions evaluated for this item. */
	evaluated(typed: string): unknown;
	/** To the page on which this item's question is answered. @throws InputError where the execution can't wait */
	answerLink(): string;
	reviewedTools(): string[];
	/** Whether a model uses the node as a tool. It fills in every field, also with nothing. */
	isTool: boolean;
}

/** Where no item runs: in the editor, and in a trigger. */
export const NO_ITEM: ItemContext = {
	timezone: '',
	json: {},
	parameters: {},
	isTool: false,
	evaluated: (typed) => typed,
	answerLink: () => '',
	reviewedTools: () => [],
};

/** What a look-up for the editor knows: the API and the parameters filled in so far. */
export interface EditorCall {
	api: Api;
	/** Undefined where an expression needs data that has not come yet. */
	parameter(name: string): unknown;
}

/** @param token what an earlier call gave to go on from; undefined for the beginning */
export type LookUp<T> = (editor: EditorCall, filter?: string, token?: string) => Promise<T>;

export type Fields = Record<string, Field<unknown>>;
export type Values<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** The name of a binary property of the item, or a file as n8n hands it to expressions. */
export type BinaryReference = string | IBinaryData;

export type MediaKind = 'image' | 'document' | 'video' | 'audio';

/** A file to send, and where it comes from, as the user chose. */
export interface ChosenFile {
	kind: MediaKind;
	/** Given: the file is one of the workflow. Otherwise it has a URL. */
	reference?: BinaryReference;
	url?: string;
	givenName?: string;
}

/** A question that a person answers on a page of n8n. */
export interface Question {
	title: string;
	text: string;
	/** What can be pressed; without buttons the answer is text. */
	buttons?: Array<{ value: 'true' | 'false'; label: string }>;
	/** Of the box for an answer in words, and of the button below it. */
	answerLabel: string;
	buttonLabel: string;
	thankYou: string;
}

export interface Call<F extends Fields> {
	api: Api;
	params: Values<F>;
	/** Before anything is sent. @throws InputError for a file of the workflow that this kind of message does not take */
	checkFile(file: ChosenFile): Promise<void>;
	/** Undefined for a URL that the server itself can fetch. @throws InputError for a file that can't be had or sent */
	fileToUpload(file: ChosenFile): Promise<File | undefined>;
	/** Keeps the question for its page; to be called before the message with the link is sent. */
	keepQuestion(question: Question): void;
}

/** An operation is one value; the editor's fields, the menus and the routing are derived from it. */
export interface Operation<F extends Fields = Fields, C = unknown> {
	value: string;
	name: string;
	/** In sentence case, as it stands in the node picker and as a model reads it. */
	action: string;
	description: string;
	fields: F;
	/** `write`: recorded, so that a re-run of the node does not repeat it. */
	kind: 'read' | 'write';
	/** Items with the same lane run one after the other, in order, such as messages to one phone number. */
	lane?(params: Values<F>): string;
	/** Finds for `run` what only a look-up or a file can tell. @throws InputError before anything is sent for any item */
	check?(call: Call<F>): Promise<C>;
	run(call: Call<F>, checked: C): Promise<IDataObject | IDataObject[]>;
	/** After its write, the execution pauses until somebody answers or this moment comes. It takes one item. */
	waitUntil?(params: Values<F>): Date;
	/** Completes the outputs of all items at once, for what would cost a request per item otherwise. */
	complete?(
		api: Api,
		done: Array<{ params: Values<F>; output: IDataObject }>,
	): Promise<IDataObject[]>;
}

export interface Resource {
	value: string;
	name: string;
	/** The operation that the editor proposes. */
	default: string;
	operations: Operation[];
}

/** Ties the fields' types to `run`'s parameters, then forgets them, so that operations fit one list. */
export function operation<F extends Fields, C>(definition: Operation<F, C>): Operation {
	return definition as unknown as Operation;
}
