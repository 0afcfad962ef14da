import { z } from 'zod';
import type { Json } from './json';
import type { ModelField } from './model-schema';

/**
 * What an outside system looks like to a flow (concepts.md §6): a system has connectors (where and as whom), a connector
 * has endpoints (what can be called). Credentials are never part of these shapes: they are written apart and read by nobody.
 */
const json: z.ZodType<Json> = z.json();
/** Visible ASCII, blanks inside and what Latin-1 adds: nothing that could end a header line. */
const headerText = z.string().max(4_000).regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header value has no line breaks or control characters');
export const headerName = z.string().min(1).max(100).regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'a header name has letters, digits and hyphens');
const name = z.string().trim().min(1).max(200);
const description = z.string().max(2_000);

/** An absolute http or https address without user, password, query or fragment. */
export const baseAddress = z.string().min(1).max(2_000).refine((text) => {
  if (/[\s\\]/.test(text) || hasControl(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '' && url.search === '' && url.hash === '' && !text.includes('?') && !text.includes('#');
}, 'an http or https address without user, query or fragment is needed, as https://api.example.com/v1');

/** Stands for this server itself, wherever it listens; whoever calls puts the real address in its place. */
export const ownAddress = 'http://millrace.local';

export function hasControl(text: string): boolean {
  for (const each of text) {
    const code = each.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

/** Headers that say how the message travels: nobody sets them but the client itself. */
const reserved = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer', 'expect', 'proxy-authorization', 'proxy-connection']);
export const isReservedHeader = (header: string): boolean => reserved.has(header.toLowerCase());

export const newSystem = z.strictObject({
  name, description: description.optional(),
  /** Connectors without an address of their own use this one. */
  baseUrl: baseAddress.nullable().optional(), environment: z.string().trim().max(100).optional(),
});
export const systemPatch = newSystem.partial();

/** The readable part of the authentication; what must stay secret stands in `credentials`. */
export const connectorAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('basic'), userName: z.string().min(1).max(200).refine((text) => !text.includes(':') && !hasControl(text), 'a user name has no colon') }),
  z.strictObject({ type: z.literal('bearer') }),
  z.strictObject({ type: z.literal('apiKey'), in: z.enum(['header', 'query']), name: headerName }),
  z.strictObject({
    type: z.literal('oauth2'), tokenUrl: baseAddress, clientId: z.string().min(1).max(500), scope: z.string().max(1_000).optional(),
    /** How the client proves itself to the token server. */
    clientAuth: z.enum(['basic', 'body']).optional(),
  }),
]);
export type ConnectorAuth = z.infer<typeof connectorAuth>;

export const connectorSettings = z.strictObject({
  kind: z.literal('http'),
  address: baseAddress.nullable(),
  auth: connectorAuth,
  headers: z.array(z.strictObject({ name: headerName.refine((each) => !isReservedHeader(each), 'this header is set by the client itself'), value: headerText })).max(50),
  timeoutMs: z.int().min(1_000).max(300_000),
  /** Calls a second at most, over all runs and workers; null sets no limit. */
  ratePerSecond: z.number().min(0.01).max(1_000).nullable(),
  allowPrivate: z.boolean(),
});
export type ConnectorSettings = z.infer<typeof connectorSettings>;
export const defaultSettings: ConnectorSettings = { kind: 'http', address: null, auth: { type: 'none' }, headers: [], timeoutMs: 30_000, ratePerSecond: null, allowPrivate: false };

/** Write-only: the password, token, key or client secret. */
const credential = z.string().min(1).max(8_000).regex(/^[\x20-\x7e\x80-\xff]+$/, 'a credential has no line breaks or control characters');
const settingsPatch = { address: baseAddress.nullable().optional(), auth: connectorAuth.optional(), headers: connectorSettings.shape.headers.optional(), timeoutMs: connectorSettings.shape.timeoutMs.optional(), ratePerSecond: connectorSettings.shape.ratePerSecond.optional(), allowPrivate: z.boolean().optional() };
export const newConnector = z.strictObject({ systemId: z.string().min(1).max(64), name, kind: z.literal('http').optional(), credential: credential.nullable().optional(), ...settingsPatch });
export const connectorPatch = z.strictObject({ name: name.optional(), credential: credential.nullable().optional(), ...settingsPatch });
export type NewConnector = z.infer<typeof newConnector>;
export type ConnectorPatch = z.infer<typeof connectorPatch>;

export const callMethods = ['Get', 'Post', 'Put', 'Delete'] as const;
export const callMethod = z.enum(callMethods);
export type CallMethod = (typeof callMethods)[number];

export const parameterPlaces = ['path', 'query', 'header', 'body'] as const;
export const parameterTypes = ['string', 'number', 'integer', 'boolean', 'date', 'date-time', 'array', 'object'] as const;
export const endpointParameter = z.strictObject({
  /** Empty for the body as a whole. */
  name: z.string().max(200).refine((text) => !hasControl(text), 'a parameter name has no control characters'),
  in: z.enum(parameterPlaces),
  type: z.enum(parameterTypes).optional(),
  required: z.boolean().optional(),
  default: json.optional(),
}).refine((each) => each.in === 'body' || each.name !== '', { message: 'a parameter needs a name', path: ['name'] })
  .refine((each) => each.in !== 'header' || each.name === '' || (headerName.safeParse(each.name).success && !isReservedHeader(each.name)), { message: 'this is not the name of a header that can be set', path: ['name'] });
export type EndpointParameter = z.infer<typeof endpointParameter>;

/** `/orders/{id}`: begins with a slash, has no query, and every brace opens a parameter. */
export const pathTemplate = z.string().min(1).max(1_000).regex(/^\/[^\s?#\\{}]*(\{[A-Za-z0-9_.-]+\}[^\s?#\\{}]*)*$/, 'a path begins with "/" and names its parameters in braces, as /orders/{id}')
  .refine((text) => !hasControl(text) && !text.split('/').some((each) => each === '..' || each === '.'), 'a path has no ".." parts');
export const templateParameters = (path: string): string[] => [...path.matchAll(/\{([A-Za-z0-9_.-]+)\}/g)].map((each) => each[1] ?? '');

export const endpointDefinition = z.strictObject({
  name, path: pathTemplate,
  methods: z.array(callMethod).min(1).max(4),
  parameters: z.array(endpointParameter).max(100),
  /** JSON Schema of the answer; null when nothing is declared. */
  responseSchema: json,
  idempotent: z.boolean(),
  bodyKind: z.enum(['json', 'form', 'multipart']),
});
export type EndpointDefinition = z.infer<typeof endpointDefinition>;
const withDefaults = { methods: endpointDefinition.shape.methods.optional(), parameters: endpointDefinition.shape.parameters.optional(), responseSchema: json.optional(), idempotent: z.boolean().optional(), bodyKind: endpointDefinition.shape.bodyKind.optional() };
export const newEndpoint = z.strictObject({ connectorId: z.string().min(1).max(64), name, path: pathTemplate, ...withDefaults });
export const endpointPatch = z.strictObject({ name: name.optional(), path: pathTemplate.optional(), ...withDefaults });
export type NewEndpoint = z.infer<typeof newEndpoint>;
export type EndpointPatch = z.infer<typeof endpointPatch>;

/** What pickers, checks and steps may know; everybody of the workspace may read it. */
export type SystemFacts = { id: string; name: string };
export type ConnectorFacts = { id: string; systemId: string; name: string; kind: 'http' };
export type EndpointFacts = {
  id: string; connectorId: string; name: string; path: string; methods: CallMethod[]; parameters: EndpointParameter[]; idempotent: boolean; bodyKind: EndpointDefinition['bodyKind'];
  /** The declared shape of the answer, else the one seen last; null when neither is known. */
  answer: ModelField | null;
};
export type IntegrationFacts = { systems: SystemFacts[]; connectors: ConnectorFacts[]; endpoints: EndpointFacts[] };
