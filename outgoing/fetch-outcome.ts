import type { Text } from '#flow/text';

/** Why a call gave no answer. `refused`: not allowed to go there; `invalid`: it was never sent because it is malformed. */
export type FetchTrouble = 'refused' | 'invalid' | 'unreachable' | 'timeout' | 'too-large' | 'bad-answer' | 'aborted';
export type FetchFacts = { /** Of the last hop, without query. */ url: string; durationMs: number; hops: number };
export type Fetched =
  | ({ ok: true; status: number; /** Lower-case names; a repeated header is joined by ", ". */ headers: Record<string, string>; body: Uint8Array } & FetchFacts)
  | ({ ok: false; trouble: FetchTrouble; /** For people: says what, never holds a credential. */ text: Text; /** False when the other side cannot have heard of the call. */ mayHaveArrived: boolean } & FetchFacts);

export class Trouble extends Error {
  readonly trouble: FetchTrouble;
  readonly text: Text;
  constructor(trouble: FetchTrouble, text: Text, options?: ErrorOptions) {
    super(text.en, options);
    this.text = text;
    this.name = 'Trouble';
    this.trouble = trouble;
  }
}
