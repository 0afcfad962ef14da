import { catalogue } from '#flow/catalogue';
import { reference } from '../../_operations/reference';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(reference.listSteps, async () => ({ items: catalogue, nextCursor: null })),
});
