// Four faults of postgres.js 3.4.9 that lose work, put right in the driver's own files after each install. Run again it changes nothing.
//
// 1. A connection that is cut while a small statement waits to be written is lost for ever: what waits is neither dropped nor
//    written, and nothing of less than a kilobyte leaves on it any more, not even the greeting of the next attempt. An engine
//    then keeps its runs and never writes again. Known upstream (porsager/postgres, issues 1154 and 1208), in no release yet.
// 2. A transaction whose connection was lost while its author waited for something else goes on: the driver sends the next
//    statements on the new connection, where each commits by itself. They have to be refused.
// 3. A connection that is cut in the middle of an answer counts on: the first answer on the new one begins with as many holes.
// 4. What is asked after the error of a socket and before its end, as who writes one batch after another does, is neither written nor
//    refused. It waits for ever, or is given the answer to a later statement.
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules', 'postgres');
/** Per file what stands there, what has to, and how often. */
const mends = {
  'connection.js': [
    ['    clearImmediate(nextWriteTimer)\n', '    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n', 2],
    ['    remaining = 0\n    incomings = null\n    clearImmediate', '    remaining = 0\n    incomings = null\n    rows = 0\n    result = new Result()\n    results = errorResponse = null\n    clearImmediate', 1],
    ['    !hadError && (query || sent.length) && error(', '    ;(query || sent.length) && error(', 1],
    ['  function nextWrite(fn) {\n', `  function nextWrite(fn) {
    if (!socket) {
      const lost = Errors.connection('CONNECTION_CLOSED', options)
      chunk = nextWriteTimer = null
      query && queryError(query, lost)
      query = null
      while (sent.length) queryError(sent.shift(), lost)
      return false
    }
`, 1],
  ],
  'index.js': [
    ['      , prepare = null\n', '      , prepare = null\n      , lost = null\n', 1],
    ['connection.onclose = reject)', 'connection.onclose = e => reject(lost = e))', 1],
    ['uncaughtError || (uncaughtError = e))\n', 'uncaughtError || (uncaughtError = e))\n        if (lost) return q.reject(lost)\n', 1],
  ],
};

export function mendDriver() {
  for (const kind of ['src', 'cjs/src']) for (const [name, changes] of Object.entries(mends)) mend(join(folder, kind, name), changes);
}

function mend(file, changes) {
  if (!existsSync(file)) return;
  let text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  const missing = changes.filter(([, mended]) => !text.includes(mended));
  if (missing.some(([broken, , times]) => text.split(broken).length !== times + 1)) {
    console.warn(`millrace: ${file} is not the one that scripts/mend-driver.mjs knows. See whether db/mended-driver.test.ts passes with it.`);
    return;
  }
  for (const [broken, mended] of missing) text = text.replaceAll(broken, mended);
  if (missing.length > 0) writeFileSync(file, text);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) mendDriver();
