/** For what tells nobody when it has come to be: rows that another process writes, lines of a server. Raises after a minute. */
export async function until(isSo: () => boolean | Promise<boolean>, what = 'what the test waits for', timeoutMs = 60_000): Promise<void> {
  for (const end = performance.now() + timeoutMs; !(await isSo()); await sleep(10)) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
