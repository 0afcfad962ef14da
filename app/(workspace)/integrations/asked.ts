import type { ConnectorView } from '#db/connectors';
import type { EndpointView } from '#db/endpoints';
import type { SystemView } from '#db/integrations';

/** Which dialog is open, and about what. */
export type Asked =
  | { ask: 'system'; system: SystemView | null }
  | { ask: 'connector'; system: SystemView; connector: ConnectorView | null }
  | { ask: 'endpoint'; connector: ConnectorView; endpoint: EndpointView | null }
  | { ask: 'import'; connector: ConnectorView }
  | { ask: 'test'; connector: ConnectorView; endpoint: EndpointView }
  | { ask: 'delete'; kind: 'system' | 'connector' | 'endpoint'; id: string; name: string };
export type Ask = (asked: Asked) => void;
