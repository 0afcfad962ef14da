import { Skeleton } from '../_ui/skeleton';

export default function Loading() {
  return <><div className="h-12 flex-none border-b border-line" /><Skeleton lines={8} /></>;
}
