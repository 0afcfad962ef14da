import type { HookSecrets, HookView } from '#db/hooks';
import type { ServerContext } from '../_server/context';

/** What is shown once: the address with its token, and the secret that signs. */
export function onceShown(context: ServerContext, { hook, token, signingSecret }: { hook: HookView } & HookSecrets) {
  return { ...hook, token, url: `${context.env.publicUrls[0] ?? ''}/hooks/${token}`, signingSecret };
}
