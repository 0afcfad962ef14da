import type { ComponentModel } from './component-model';
import type { FlowKind } from './flow';
import type { IntegrationFacts } from './integration';

/**
 * What a flow may refer to, read once and handed to pure code: the editor, the API and the engine check a
 * definition against the same facts.
 */
export type FlowFacts = {
  id: string;
  name: string;
  kind: FlowKind;
  componentId: string;
  publishedVersion: number | null;
  restrictAccess: boolean;
};

/** `integrations` absent: none. */
export type WorkspaceIndex = { components: ComponentModel[]; flows: FlowFacts[]; integrations?: IntegrationFacts };
