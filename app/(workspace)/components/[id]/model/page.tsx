import { ModelEditor } from '../../../../_data/model-editor';
import { componentPage, type ComponentParams } from '../_component';

export default async function ModelTab({ params }: ComponentParams) {
  const { component, others, can } = await componentPage((await params).id);
  return <ModelEditor key={component.id} component={component} others={others} canEdit={can.edit} />;
}
