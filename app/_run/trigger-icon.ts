const icons: Record<string, string> = { button: 'play', form: 'form-input', api: 'key', webhook: 'webhook', cron: 'clock', message: 'mail', flow: 'link', workflow: 'workflow' };

/** The icon of what started a run, where no person did. */
export function triggerIcon(trigger: string): string {
  return icons[trigger] ?? 'zap';
}
