import { parseFirst } from './_first-page';
import { DataPage } from '../../../_data/data-page';
import { componentPage, type ComponentParams } from './_component';

/** First paint shows what the address asks for; from then on the page reads the API. */
export default async function DataTab({ params, searchParams }: ComponentParams & { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { access, database, component, flows, can } = await componentPage((await params).id);
  const first = await parseFirst(database, access, component, await searchParams);
  return <DataPage key={component.id} component={component} flows={flows} first={first} can={{ write: can.write, run: can.run }} />;
}
