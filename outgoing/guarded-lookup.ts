import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { text } from '#flow/text';
import { kindOfAddress } from './address';
import { Trouble } from './fetch-outcome';

export type Address = { address: string; family: 4 | 6 };
/** Every address a name has now. */
export type Resolve = (host: string) => Promise<string[]>;

const systemResolve: Resolve = async (host) => (await lookup(host, { all: true, verbatim: true })).map((each) => each.address);

/**
 * The addresses of a URL's host, all of them checked; the connection is then made to these and no others, so that a name
 * which points elsewhere a moment later gains nothing. One bad address spoils the name.
 */
export async function allowedAddresses(hostname: string, allowPrivate: boolean, resolve: Resolve = systemResolve): Promise<Address[]> {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  const addresses = isIP(bare) !== 0 ? [bare] : await resolved(bare, resolve);
  for (const address of addresses) check(bare, address, allowPrivate);
  return addresses.map((address) => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
}

async function resolved(host: string, resolve: Resolve): Promise<string[]> {
  try {
    const found = await resolve(host);
    if (found.length > 0) return found;
  } catch (error) {
    throw new Trouble('unreachable', text(`the name ${host} could not be resolved`, `le nom ${host} n’a pas pu être résolu`), { cause: error });
  }
  throw new Trouble('unreachable', text(`the name ${host} has no address`, `le nom ${host} n’a pas d’adresse`));
}

export function check(host: string, address: string, allowPrivate: boolean): void {
  const kind = kindOfAddress(address);
  if (kind === 'public' || (kind === 'private' && allowPrivate)) return;
  const shown = host === address ? host : `${host} (${address})`;
  throw new Trouble('refused', kind === 'private'
    ? text(`${shown} is a private address, which this connector may not reach`, `${shown} est une adresse privée, que ce connecteur ne peut joindre`)
    : text(`${shown} is not an address that can be called`, `${shown} n’est pas une adresse que l’on peut appeler`));
}
