'use client';
import { authApi } from '../_client/api';
import { forgetOfflineCopies } from '../_client/collab-provider';

/** Nothing of a flow stays on the device; a full load, because everything drawn so far was drawn for this person. */
export async function signOut(): Promise<void> {
  await authApi('/sign-out');
  await forgetOfflineCopies();
  window.location.assign('/sign-in');
}
