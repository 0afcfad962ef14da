/** Every way the server ends a co-editing socket. 4400–4499 are final for a stock client, the others are tried again. */
export const closeCodes = {
  badUpdate: 4400,
  notSignedIn: 4401,
  noAccess: 4403,
  noFlow: 4404,
  tooLarge: 4413,
  clientTooOld: 4426,
  outOfStep: 4509,
  tooFast: 4529,
  restarting: 1012,
  tooSlow: 1013,
} as const;

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];
export type Refusal = { code: CloseCode; reason: string };

/** A reason may quote what a client sent, and ws throws at more than 123 bytes of UTF-8. */
export function refusal(name: keyof typeof closeCodes, reason: string): Refusal {
  return { code: closeCodes[name], reason: Buffer.from(reason).subarray(0, longestReasonBytes).toString() };
}

const longestReasonBytes = 120;
