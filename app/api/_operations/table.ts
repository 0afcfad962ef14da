import { coEditing } from './co-editing';
import { comments } from './comments';
import { components } from './components';
import { exporting } from './exports';
import { files } from './files';
import { flows } from './flows';
import { history } from './history';
import { inbox } from './inbox';
import { integrations } from './integrations';
import { people } from './people';
import { reference } from './reference';
import { runs } from './runs';
import { triggers } from './triggers';

/** Every operation of /api/v1: the routes, the OpenAPI document and the role matrix of the tests are made of it. */
export const table = { ...people, ...components, ...flows, ...history, ...coEditing, ...comments, ...runs, ...files, ...exporting, ...triggers, ...inbox, ...integrations, ...reference };
