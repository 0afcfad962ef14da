import { componentPage, type ComponentParams } from '../_component';
import { FlowsTab } from './flows-tab';

export default async function FlowsPage({ params }: ComponentParams) {
  const { component, flows, can } = await componentPage((await params).id);
  return <FlowsTab componentId={component.id} flows={flows} can={{ edit: can.editFlows, run: can.run }} />;
}
