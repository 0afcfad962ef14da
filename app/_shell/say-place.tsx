'use client';
import type { Place } from '#flow/whereabouts';
import { usePlace } from '../_client/whereabouts';

/** Lets a server-rendered page say where its reader is. */
export function SayPlace({ place }: { place: Place }) {
  usePlace(place);
  return null;
}
