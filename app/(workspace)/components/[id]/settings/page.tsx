import { componentPage, type ComponentParams } from '../_component';
import { ComponentSettingsForm } from './settings-form';

export default async function SettingsTab({ params }: ComponentParams) {
  const { component, flows, can } = await componentPage((await params).id);
  return <ComponentSettingsForm key={JSON.stringify([component.title, component.settings])} component={component} counts={{ entries: component.entries, flows: flows.length }} canEdit={can.edit} />;
}
