import { allows } from '#db/access';
import { listMembers } from '#db/members';
import { componentPage, type ComponentParams } from '../_component';
import { ExportSection } from './export-section';
import { ScheduleSection } from './schedule-section';
import { ComponentSettingsForm } from './settings-form';

export default async function SettingsTab({ params }: ComponentParams) {
  const { access, database, component, flows, can } = await componentPage((await params).id);
  const members = await listMembers(database, access);
  const dataflows = flows.filter((flow) => flow.kind === 'dataflow').map(({ id, name }) => ({ id, name }));
  return (
    <ComponentSettingsForm key={JSON.stringify([component.title, component.settings])} component={component} counts={{ entries: component.entries, flows: flows.length }} canEdit={can.edit}>
      <ScheduleSection
        componentId={component.id} flows={dataflows} inputFlowId={component.settings.inputFlowId ?? null} me={access.user} members={members.map(({ id, name }) => ({ id, name }))}
        mayLend={allows(access.role, 'people.manage')} canEdit={allows(access.role, 'flows.publish')}
      />
      <ExportSection componentId={component.id} title={component.title} entries={component.entries} />
    </ComponentSettingsForm>
  );
}
