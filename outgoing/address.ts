import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Which addresses a call may reach. An address is judged by the range it stands in; IPv6 addresses that carry an IPv4
 * one (mapped, compatible, NAT64, 6to4, Teredo) lead to that other network, so they are never let through.
 */
export type AddressKind = 'public' | 'private' | 'never';

/** Somebody's own machines: reached only where an administrator allows it. */
const privateRanges: readonly [string, number, 'ipv4' | 'ipv6'][] = [
  ['10.0.0.0', 8, 'ipv4'], ['100.64.0.0', 10, 'ipv4'], ['127.0.0.0', 8, 'ipv4'], ['169.254.0.0', 16, 'ipv4'], ['172.16.0.0', 12, 'ipv4'], ['192.168.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'], ['fc00::', 7, 'ipv6'], ['fe80::', 10, 'ipv6'],
];

/** No host one can call: unspecified, multicast, broadcast, reserved, documentation, benchmarks, carriers of IPv4. */
const neverRanges: readonly [string, number, 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'], ['192.0.0.0', 24, 'ipv4'], ['192.0.2.0', 24, 'ipv4'], ['192.31.196.0', 24, 'ipv4'], ['192.52.193.0', 24, 'ipv4'], ['192.88.99.0', 24, 'ipv4'], ['192.175.48.0', 24, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'], ['198.51.100.0', 24, 'ipv4'], ['203.0.113.0', 24, 'ipv4'], ['224.0.0.0', 4, 'ipv4'], ['240.0.0.0', 4, 'ipv4'],
  ['::', 96, 'ipv6'], ['::ffff:0:0', 96, 'ipv6'], ['::ffff:0:0:0', 96, 'ipv6'], ['64:ff9b::', 96, 'ipv6'], ['64:ff9b:1::', 48, 'ipv6'], ['100::', 64, 'ipv6'], ['100:0:0:1::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'], ['2001:db8::', 32, 'ipv6'], ['2002::', 16, 'ipv6'], ['2620:4f:8000::', 48, 'ipv6'], ['3fff::', 20, 'ipv6'], ['5f00::', 16, 'ipv6'], ['fec0::', 10, 'ipv6'], ['ff00::', 8, 'ipv6'],
];

// One list per family: a list with both would find every IPv4 address in the mapped range of IPv6.
const own = { ipv4: listOf(privateRanges, 'ipv4'), ipv6: listOf(privateRanges, 'ipv6') };
const never = { ipv4: listOf(neverRanges, 'ipv4'), ipv6: listOf(neverRanges, 'ipv6') };
const global = listOf([['2000::', 3, 'ipv6']], 'ipv6');

function listOf(ranges: readonly [string, number, 'ipv4' | 'ipv6'][], wanted: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [net, prefix, family] of ranges) if (family === wanted) list.addSubnet(net, prefix, family);
  return list;
}

/** Of a literal address, without brackets or zone. What is no address is never let through. */
export function kindOfAddress(address: string): AddressKind {
  const family = isIP(address);
  if (family === 0) return 'never';
  if (family === 4) return never.ipv4.check(address, 'ipv4') ? 'never' : own.ipv4.check(address, 'ipv4') ? 'private' : 'public';
  // Those that carry an IPv4 address are told apart by their first 96 bits: BlockList would look them up among IPv4 ranges.
  const groups = groupsOf(address);
  if (groups === null) return 'never';
  const plain = groups.map((each) => each.toString(16)).join(':');
  if (groups.slice(0, 5).every((each) => each === 0) && (groups[5] === 0 || groups[5] === 0xffff)) return plain === '0:0:0:0:0:0:0:1' ? 'private' : 'never';
  if (never.ipv6.check(plain, 'ipv6')) return 'never';
  if (own.ipv6.check(plain, 'ipv6')) return 'private';
  return global.check(plain, 'ipv6') ? 'public' : 'never';
}

/** The eight groups of an IPv6 address in any notation; null when it has a zone or is none. */
export function groupsOf(address: string): number[] | null {
  if (!isIPv6(address) || address.includes('%')) return null;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [a, b, c, d] = dotted ? dotted.slice(2).map(Number) : [];
  const text = dotted ? `${dotted[1]}${(((a ?? 0) << 8) | (b ?? 0)).toString(16)}:${(((c ?? 0) << 8) | (d ?? 0)).toString(16)}` : address;
  const [head = '', tail] = text.split('::');
  const part = (words: string) => (words === '' ? [] : words.split(':').map((each) => Number.parseInt(each, 16)));
  const [first, last] = [part(head), tail === undefined ? [] : part(tail)];
  const groups = tail === undefined ? first : [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
  return groups.length === 8 && groups.every((each) => Number.isInteger(each) && each >= 0 && each <= 0xffff) ? groups : null;
}
