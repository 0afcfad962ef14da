import { redirect } from 'next/navigation';

/** Components are listed on the first page. */
export default function ComponentsPage(): never {
  redirect('/');
}
