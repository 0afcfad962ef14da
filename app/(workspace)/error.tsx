'use client';
export { FailedPage as default } from '../_ui/failed-page';
