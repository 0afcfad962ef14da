import * as Y from 'yjs';
import { documentKeys, documentRoots, serverKeys } from '#flow/document';
import { id } from '#flow/id';
import { refusal, type Refusal } from './close-codes';

/**
 * Judges an update before it touches the document. Yjs itself believes what it is told: a struct under another
 * client's id makes replicas differ for ever with equal state vectors, a giant clock poisons an id, and a missing
 * dependency waits in memory without end. What passes here applies at once and completely.
 */
export type Guarded = { doc: Y.Doc; owners: ReadonlyMap<number, string>; writer: string };
export type Verdict =
  | { kind: 'good'; claims: number[]; clientId: number | null }
  | { kind: 'missing' }
  | { kind: 'refused'; refusal: Refusal };

const largestGap = 50_000;
const longestStruct = 8 * 1024 * 1024;
const highestClock = 2 ** 31;
const mostNewClients = 1_000;
const deepestValue = 32;
const bannedNames = new Set(['__proto__', 'constructor', 'prototype']);

export function judge(update: Uint8Array, given: Guarded): Verdict {
  try {
    const { structs, ds } = Y.decodeUpdate(update);
    demand(structs.length > 0 || ds.clients.size > 0 || update.byteLength === 2, 'bytes that say nothing');
    return new Inspection(given, structs).verdict(ds.clients);
  } catch (error) {
    const reason = error instanceof BadUpdate ? error.message : 'the bytes are not a Yjs update (V1)';
    return { kind: 'refused', refusal: refusal('badUpdate', reason) };
  }
}

class BadUpdate extends Error {}

function demand(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new BadUpdate(reason);
}

type Struct = ReturnType<typeof Y.decodeUpdate>['structs'][number];
type Root = (typeof documentRoots)[number];
/** depth 1: in a root map; 2: in the map of a lane, stage, step or note; 3: in a text of one. */
type Place = { root: Root; key: string | null; depth: number; isText: boolean };
const serverOnly: ReadonlySet<string> = new Set(serverKeys);

class Inspection {
  private readonly fresh = new Map<number, Struct[]>();
  private readonly ends = new Map<number, number>();
  private readonly places = new Map<Struct, Place>();
  private isMissing = false;
  private readonly given: Guarded;

  constructor(given: Guarded, structs: Struct[]) {
    this.given = given;
    for (const struct of structs) this.admit(struct);
  }

  verdict(deletes: Map<number, { clock: number; len: number }[]>): Verdict {
    const claims = this.claims();
    for (const structs of this.fresh.values()) for (const struct of structs) if (struct instanceof Y.Item) this.checkItem(struct);
    this.checkDeletes(deletes);
    return this.isMissing ? { kind: 'missing' } : { kind: 'good', claims, clientId: this.fresh.keys().next().value ?? null };
  }

  private known(client: number): number {
    return Y.getState(this.given.doc.store, client);
  }

  private end(client: number): number {
    return Math.max(this.known(client), this.ends.get(client) ?? 0);
  }

  private admit(struct: Struct): void {
    const { client, clock } = struct.id;
    const end = clock + struct.length;
    demand(struct.length > 0 && struct.length <= longestStruct && end < highestClock, `a struct of length ${struct.length} at clock ${clock}`);
    if (struct instanceof Y.Skip) return;
    if (end <= this.known(client)) {
      // Already here and not put in again, and yet Yjs looks up what it stands beside.
      if (struct instanceof Y.Item) this.checkNeighbours(struct);
      return;
    }
    demand(struct instanceof Y.Item || struct instanceof Y.GC, 'a struct of an unknown kind');
    const gap = clock - this.end(client);
    demand(gap <= largestGap, `a gap of ${gap} before clock ${clock}`);
    if (gap > 0) this.isMissing = true;
    this.ends.set(client, Math.max(end, this.ends.get(client) ?? 0));
    const list = this.fresh.get(client);
    if (list) list.push(struct);
    else this.fresh.set(client, [struct]);
  }

  private claims(): number[] {
    const { owners, writer } = this.given;
    const claims: number[] = [];
    for (const client of this.fresh.keys()) {
      const owner = owners.get(client);
      demand(owner === writer || (owner === undefined && this.known(client) === 0), `client id ${client} belongs to somebody else`);
      if (owner === undefined) claims.push(client);
    }
    demand(claims.length <= mostNewClients, `${claims.length} new client ids at once`);
    return claims;
  }

  private checkItem(item: Y.Item): void {
    this.checkNeighbours(item);
    if (this.isMissing) return;
    const place = this.placeOf(item);
    if (!place) return;
    if (place.isText) {
      demand(place.depth === 3 && item.parentSub === null && isTextContent(item.content), 'something other than text inside a text');
    } else {
      demand(isKeyHere(place), `"${String(place.key).slice(0, 50)}" is not a key of ${place.root}`);
      demand(isContentHere(place, item.content), `content that ${place.root} does not hold`);
    }
  }

  private checkNeighbours(item: Y.Item): void {
    const parent: unknown = item.parent;
    for (const id of [item.origin, item.rightOrigin, parent instanceof Y.ID ? parent : null]) {
      if (!id) continue;
      demand(id.client !== item.id.client || id.clock < item.id.clock, 'an item that depends on a later one');
      if (id.clock >= this.end(id.client)) this.isMissing = true;
    }
  }

  /** Where an item stands. With an origin the place is not in the bytes: it is the neighbour's. null: it was deleted. */
  private placeOf(item: Y.Item): Place | null {
    const done = this.places.get(item);
    if (done) return done;
    const place = this.findPlace(item);
    if (place) this.places.set(item, place);
    return place;
  }

  private findPlace(start: Y.Item): Place | null {
    // A neighbour chain inside one update may be long: walked in a loop, filled in on the way back.
    const chain: Y.Item[] = [];
    let item = start;
    for (;;) {
      const done = this.places.get(item);
      if (done) return this.fill(chain, done);
      const parent: unknown = item.parent;
      if (typeof parent === 'string') {
        const root = documentRoots.find((name) => name === parent);
        demand(root !== undefined, `"${parent.slice(0, 50)}" is not a part of a flow document`);
        return this.fill([...chain, item], { root, key: item.parentSub, depth: 1, isText: false });
      }
      if (parent instanceof Y.ID) return this.fillBelow([...chain, item], this.struct(parent), item.parentSub);
      if (parent instanceof Y.AbstractType) {
        const place = placeInDocument(item, parent);
        return place && this.fill([...chain, item], place);
      }
      const neighbour = item.origin ?? item.rightOrigin;
      demand(neighbour !== null, 'an item without a place');
      const next = this.struct(neighbour);
      if (!(next instanceof Y.Item)) return null;
      demand(chain.length < 1_000_000 && next !== item, 'items that point at each other');
      chain.push(item);
      item = next;
    }
  }

  private fillBelow(chain: Y.Item[], holder: Struct | null, key: string | null): Place | null {
    if (!(holder instanceof Y.Item)) return null;
    const above = this.placeOf(holder);
    if (!above || holder.content instanceof Y.ContentDeleted) return null;
    demand(holder.content instanceof Y.ContentType, 'a parent that holds nothing');
    const { type } = holder.content;
    demand(type instanceof Y.Map || type instanceof Y.Text, 'a type that flow documents do not have');
    return this.fill(chain, { root: above.root, key, depth: above.depth + 1, isText: type instanceof Y.Text });
  }

  private fill(chain: Y.Item[], place: Place): Place {
    for (const each of chain) this.places.set(each, place);
    return place;
  }

  private struct(id: Y.ID): Struct | null {
    const list = this.fresh.get(id.client);
    if (list && id.clock >= (list[0]?.id.clock ?? 0)) {
      let low = 0;
      let high = list.length - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        const struct = list[middle];
        if (!struct) break;
        if (id.clock < struct.id.clock) high = middle - 1;
        else if (id.clock >= struct.id.clock + struct.length) low = middle + 1;
        else return struct;
      }
    }
    if (id.clock < this.known(id.client)) return Y.getItem(this.given.doc.store, id);
    this.isMissing = true;
    return null;
  }

  private checkDeletes(deletes: Map<number, { clock: number; len: number }[]>): void {
    const kept = serverItems(this.given.doc);
    for (const [client, ranges] of deletes) {
      for (const { clock, len } of ranges) {
        const beyond = clock + len - this.end(client);
        demand(len > 0 && beyond <= largestGap, `a deletion that ends ${beyond} beyond the known clock`);
        if (beyond > 0) this.isMissing = true;
        demand(!kept.some((id) => id.client === client && id.clock >= clock && id.clock < clock + len), 'a deletion of a key of meta that is the server’s');
      }
    }
  }
}

function placeInDocument(item: Y.Item, parent: Y.AbstractType<unknown>): Place | null {
  let depth = 1;
  let type: Y.AbstractType<unknown> = parent;
  for (; type._item; depth++) {
    const above: unknown = type._item.parent;
    if (!(above instanceof Y.AbstractType)) return null;
    type = above;
  }
  const name = Y.findRootTypeKey(type);
  const root = documentRoots.find((each) => each === name);
  demand(root !== undefined, `"${name}" is not a part of a flow document`);
  return { root, key: item.parentSub, depth, isText: parent instanceof Y.Text };
}

function serverItems(doc: Y.Doc): Y.ID[] {
  const meta = doc.getMap('meta');
  return serverKeys.flatMap((key) => {
    const item = meta._map.get(key);
    return item && !item.deleted ? [item.id] : [];
  });
}

function isKeyHere({ root, key, depth }: Place): boolean {
  if (key === null || key.split(':').some((part) => bannedNames.has(part))) return false;
  if (root === 'meta') return depth === 1 && documentKeys.meta.test(key) && !serverOnly.has(key);
  return depth === 1 ? id.safeParse(key).success : depth === 2 && documentKeys[root].test(key);
}

function isContentHere({ root, depth }: Place, content: unknown): boolean {
  if (content instanceof Y.ContentDeleted) return true;
  if (content instanceof Y.ContentAny) return (root === 'meta' || depth === 2) && content.arr.every((value) => isPlain(value, 0));
  if (!(content instanceof Y.ContentType)) return false;
  return depth === 1 ? root !== 'meta' && content.type instanceof Y.Map : content.type instanceof Y.Text;
}

function isTextContent(content: unknown): boolean {
  if (content instanceof Y.ContentFormat) return !bannedNames.has(content.key) && isPlain(content.value, 0);
  return content instanceof Y.ContentString || content instanceof Y.ContentDeleted;
}

/** JSON without names that reach prototypes. A decoded `__proto__` shows only as a foreign prototype. */
function isPlain(value: unknown, depth: number): boolean {
  if (depth > deepestValue) return false;
  switch (typeof value) {
    case 'string': case 'boolean': case 'undefined': return true;
    case 'number': return Number.isFinite(value);
    case 'object': {
      if (value === null) return true;
      if (Array.isArray(value)) return value.every((each) => isPlain(each, depth + 1));
      if (Object.getPrototypeOf(value) !== Object.prototype) return false;
      return Object.entries(value).every(([key, each]) => !bannedNames.has(key) && isPlain(each, depth + 1));
    }
    case 'bigint': case 'symbol': case 'function': return false;
  }
}

/** True when the document holds all of it already: the one thing a reader's replica may send. */
export function holdsAll(doc: Y.Doc, update: Uint8Array): boolean {
  if (update.byteLength === 2 && update[0] === 0 && update[1] === 0) return true;
  try {
    return Y.snapshotContainsUpdate(Y.snapshot(doc), update);
  } catch {
    return false;
  }
}
